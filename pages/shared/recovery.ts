/* Recovery codes: what goes along with a password in place of a one-time code, and a set on paper. */

import type { SecondFactorIn } from './bodies';
import { say, type Words } from './i18n';

/** As pages send it: letters in any case, with or without hyphens. */
export const RECOVERY = '[A-Za-z0-9 \\-]{12,40}';

export const recovery = {
  'recovery.use': ['没有动态码？用恢复码', 'No one-time code? Use a recovery code'],
  'recovery.instead': ['改用动态码', 'Use a one-time code instead'],
  'recovery.code': ['恢复码（12 位）', 'Recovery code (12 characters)'],
  'recovery.wrong': [
    '请核对账号、密码和恢复码：每个恢复码只能用一次。都用完了请找管理员。',
    'Check account, password and recovery code: each is good once. If none is left, ask an administrator.',
  ],
  'recovery.used': ['您用了一个恢复码，还剩 {n} 个', 'You used a recovery code; {n} are left'],
  'recovery.used.do': [
    '验证器丢了请在“动态码设置”里重新设置。',
    'If the authenticator is lost, set up another one under One-time codes.',
  ],
  'recovery.left': ['恢复码还剩 {n} 个', 'Recovery codes left: {n}'],
  'recovery.lost': [
    '验证器丢了就用恢复码。恢复码也没有了，请管理员重置。',
    'Authenticator lost? Use a recovery code. Without one, an administrator resets it.',
  ],
  'recovery.renew': ['换一套恢复码', 'New recovery codes'],
  'recovery.title': ['保存恢复码', 'Keep the recovery codes'],
  'recovery.text': [
    '验证器丢失或换手机时，用恢复码代替动态码登录。每个只能用一次。请抄写或打印，与手机分开保管。这里只显示这一次，以前的恢复码已作废。',
    'When the authenticator is lost, log in with one of these in place of the one-time code. Each is good once. Write them down or print them, and keep them apart from the phone. They are shown only now; earlier ones are void.',
  ],
  'recovery.copy': ['复制', 'Copy'],
  'recovery.copied': ['已复制', 'Copied'],
  'recovery.copy.failed': ['没有复制成功，请抄写', 'Not copied; write them down'],
  'recovery.print': ['打印', 'Print'],
  'recovery.saved': ['我已保存', 'I have kept them'],
  'recovery.paper': ['恢复码：{login}', 'Recovery codes of {login}'],
  'recovery.paper.once': ['每个只能用一次。请与手机分开保管。', 'Each is good once. Keep them apart from the phone.'],
} as const satisfies Words;

/** The password with what was typed beside it; nothing where the person has no second factor. */
export function proofOf(password: string, typed: string, recovering: boolean): SecondFactorIn {
  if (!typed) return { password };
  return recovering ? { password, recovery: typed.trim() } : { password, code: typed };
}

/** Whether the codes are on the clipboard now. */
export async function copyCodes(codes: readonly string[]): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(codes.join('\n'));
    return true;
  } catch {
    return false;
  }
}

let printed: HTMLIFrameElement | null = null;

/** Nothing of a sheet that was printed is left in the page. Not every browser says when it has printed. */
export function dropSheet(): void {
  printed?.remove();
  printed = null;
}

/** Prints a sheet with nothing but the codes, until `dropSheet`; the page around it stays as it is. */
export function printCodes(codes: readonly string[], login: string): void {
  dropSheet();
  const frame = document.createElement('iframe');
  printed = frame;
  // A frame that is not displayed prints an empty sheet.
  Object.assign(frame.style, { position: 'fixed', left: '-100vw', width: '80vw', height: '80vh', border: '0' });
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  document.body.append(frame);
  const sheet = frame.contentDocument;
  const view = frame.contentWindow;
  if (!sheet || !view) return dropSheet();
  const add = (tag: string, text: string): void => {
    const one = sheet.createElement(tag);
    one.textContent = text;
    sheet.body.append(one);
  };
  sheet.title = say(recovery['recovery.paper'], { login });
  add('h1', sheet.title);
  for (const code of codes) add('pre', code);
  add('p', say(recovery['recovery.paper.once']));
  view.focus();
  view.print();
}
