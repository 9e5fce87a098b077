import { Icon } from '../parts/icons';
import type { IncidentView } from '../shared/types';
import { t } from './words';

/** What the caller left to be reached by: whole while this station is at work on it, else masked. */
export function CallerContact({ incident }: { incident: IncidentView }) {
  const { contact, telephone, masked, channel, hung_up_at: gone } = incident.caller;
  const left = gone !== null && incident.state !== 'CLOSED';
  if (!contact && !left && !channel) return null;
  return (
    <p class="caller-contact" data-testid="contact">
      {left && <b>{t('caller_gone')}</b>}
      {telephone && !incident.silent
        ? <a href={'tel:' + telephone}><Icon name="phone" size={20} />{contact}</a>
        : contact && <span>{t('contact', { contact })}{masked && ' · ' + t('contact_masked')}</span>}
      {channel && (channel.person || channel.telephone) && <span>{t('verified', { app: channel.name, who: (channel.person + ' ' + channel.telephone).trim() })}</span>}
    </p>
  );
}
