/* One person plays a resident, a group owner and an officer side by side. */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Phone } from './phone';
import { Strip } from './strip';
import { t, type Word } from './words';
import { act, onComplaint, useWorld, type Member, type Resident, type State } from './world';
import { WeCom } from './wecom';

const SEATS: Word[] = ['resident', 'owner', 'officer'];

export function App(): JSX.Element {
  const [, redraw] = useState(0);
  const [complaint, setComplaint] = useState('');
  const [seat, setSeat] = useState<Word>('resident');
  const [who, setWho] = useState<Record<string, string>>({});
  const state = useWorld<State>('state');
  const residents = useWorld<{ residents: Resident[] }>('residents')?.residents ?? [];
  const members = useWorld<{ members: Member[] }>('members')?.members ?? [];
  useEffect(() => onComplaint(setComplaint), []);
  useEffect(() => {
    if (!complaint) return;
    const one = setTimeout(() => setComplaint(''), 4000);
    return () => clearTimeout(one);
  }, [complaint]);
  const choose = (place: string, id: string): void => setWho((now) => ({ ...now, [place]: id }));
  const resident = residents.find((one) => one.openid === who['resident']) ?? residents[0];
  const owners = [...members].sort((a, b) => b.groups - a.groups);
  const owner = members.find((one) => one.userid === who['owner']) ?? owners[0];
  const officer = members.find((one) => one.userid === who['officer']) ?? members.find((one) => one !== owner) ?? owner;
  return (
    <>
      <Strip redraw={() => redraw((n) => n + 1)} />
      <nav class="seats">
        {SEATS.map((one) => (
          <button class={seat === one ? 'on' : ''} onClick={() => setSeat(one)}>{t(one)}</button>
        ))}
      </nav>
      <main class={'stage at-' + seat}>
        <section class="seat resident">
          <h3>
            {t('resident')}
            <select value={resident?.openid ?? ''} onChange={(e) => choose('resident', e.currentTarget.value)}>
              {residents.map((one) => <option value={one.openid}>{one.name}</option>)}
            </select>
            <button
              onClick={async () => {
                const made = await act('residents', {});
                if (made) choose('resident', made.openid);
              }}
            >
              + {t('newResident')}
            </button>
          </h3>
          <div class="phone">{state && resident ? <Phone key={resident.openid} resident={resident} state={state} /> : <Empty />}</div>
        </section>
        <Client place="owner" member={owner} members={members} state={state} first="mass" choose={choose} />
        <Client place="officer" member={officer} members={members} state={state} first="messages" choose={choose} />
      </main>
      {complaint && <p class="complaint" role="alert">{complaint}</p>}
    </>
  );
}

interface ClientProps {
  place: 'owner' | 'officer';
  member: Member | undefined;
  members: Member[];
  state: State | null;
  first: 'mass' | 'messages';
  choose: (place: string, id: string) => void;
}

function Client(props: ClientProps): JSX.Element {
  const { member, state } = props;
  return (
    <section class={'seat ' + props.place}>
      <h3>
        {t(props.place)}
        <select value={member?.userid ?? ''} onChange={(e) => props.choose(props.place, e.currentTarget.value)}>
          {props.members.map((one) => <option value={one.userid}>{one.name}{one.groups ? ` (${one.groups})` : ''}</option>)}
        </select>
      </h3>
      <div class="phone">{state && member ? <WeCom key={member.userid} member={member} state={state} first={props.first} /> : <Empty />}</div>
    </section>
  );
}

function Empty(): JSX.Element {
  return <p class="empty">{t('nobody')}</p>;
}
