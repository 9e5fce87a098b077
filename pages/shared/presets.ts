/* What the writers of a station keep for the next notice, as in api/shapes_presets.py. */

export interface AudienceIn {
  key: string;
  name: string;
  communities: string[];
}

/** `seen` is the `updated_at` that was read. */
export interface AudienceChange {
  seen: number;
  name: string;
  communities: string[];
}

export interface TemplateIn {
  key: string;
  name: string;
  title?: string;
  text?: string;
  link?: string;
  valid_days?: number;
}

export interface TemplateChange {
  seen: number;
  name: string;
  title?: string;
  text?: string;
  link?: string;
  valid_days?: number;
}

/** `left_out` are names of communities that are no more, or to which the asker does not write any more. */
export interface LastAudience {
  title: string;
  published_at: number;
  communities: string[];
  left_out: string[];
}

export interface AudienceView {
  id: string;
  name: string;
  communities: string[];
  left_out: string[];
  updated_at: number;
}

export interface TemplateView {
  id: string;
  name: string;
  title: string;
  text: string;
  link: string;
  /** So long it holds after it is sent; 0: until it is withdrawn or corrected. */
  valid_days: number;
  updated_at: number;
}

export interface PresetsView {
  last: LastAudience | null;
  audiences: AudienceView[];
  templates: TemplateView[];
  most_audiences: number;
  most_templates: number;
}
