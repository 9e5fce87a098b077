/** The name of a station or a place. Too long, it is cut in front: what tells one from another is at the end. */
export function Name({ of }: { of: string }) {
  return <span class="name-front" title={of}><bdi>{of}</bdi></span>;
}
