/* What a platform refuses, as words for the administrator. */
import type { PlatformAlarmView } from '../shared/types';
import { t, words, type Word } from './words';

/* Beginnings of paths, the first that fits counts. */
const AREAS: Record<string, ReadonlyArray<readonly [string, Word]>> = {
  official: [
    ['/cgi-bin/message/custom/', 'alarms.area.send'],
    ['/cgi-bin/message/template/', 'alarms.area.template'],
    ['/cgi-bin/message/subscribe/', 'alarms.area.subscribe'],
    ['/cgi-bin/menu/', 'alarms.area.menu'],
    ['/sns/oauth2/', 'alarms.area.oauth'],
    ['/cgi-bin/ticket/', 'alarms.area.page'],
    ['/cgi-bin/media/', 'alarms.area.media'],
  ],
  work: [
    ['/message/', 'alarms.area.cards'],
    ['/externalcontact/get_groupmsg', 'alarms.area.mass'],
    ['/externalcontact/add_msg', 'alarms.area.mass'],
    ['/externalcontact/remind_groupmsg', 'alarms.area.mass'],
    ['/externalcontact/cancel_groupmsg', 'alarms.area.mass'],
    ['/externalcontact/', 'alarms.area.groups'],
    ['/media/', 'alarms.area.media'],
    ['/auth/', 'alarms.area.login'],
    ['/user/', 'alarms.area.login'],
  ],
};

export interface AlarmWords {
  what: string;
  meaning: string;
  todo: string;
  call: string;
}

function known(key: string): Word | null {
  return key in words ? key as Word : null;
}

export function inWords(it: PlatformAlarmView): AlarmWords {
  const key = `alarms.${it.code}.${it.platform}`;
  const values = { address: it.address || it.machine, machine: it.machine };
  const area = it.call === ''
    ? known(`alarms.area.${it.platform}`)
    : AREAS[it.platform]?.find(([path]) => it.call.startsWith(path))?.[1];
  const what = t(known(key) ?? 'alarms.other', values);
  return {
    what: it.account ? t('alarms.of', { what, account: it.account }) : what,
    meaning: t(area ?? 'alarms.area.other'),
    todo: t(known(`${key}.do`) ?? 'alarms.other.do', values),
    call: it.call || t('alarms.all'),
  };
}
