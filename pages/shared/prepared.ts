/*
 * Prepared sentences: by kind of incident, and only such as the other side can do something with. One that
 * asks for yes or no brings the two buttons on the caller's page; who is in a chat is told to write it.
 */

import { say, type Pair } from './i18n';
import type { Kind, Via } from './types';

export interface Prepared {
  say: Pair;
  asks?: 'yes_no';
  /** Cannot be done without a sound or a light, or leads somebody to it: not for a silent report. */
  loud?: true;
}

const ask = (pair: Pair): Prepared => ({ say: pair, asks: 'yes_no' });
const tell = (pair: Pair): Prepared => ({ say: pair });
const loud = (one: Prepared): Prepared => ({ ...one, loud: true });
const SAFE = ask(['您现在安全吗？', 'Are you safe now?']);
const HURT = ask(['有人受伤吗？', 'Is anybody hurt?']);
const WEAPON = ask(['对方有武器吗？', 'Do they have a weapon?']);
const NEAR = ask(['对方在旁边吗？', 'Are they next to you?']);
const WHERE = tell(['您能看到什么标志物？', 'What landmarks do you see?']);
const STAY = tell(['请留在原地，保持手机有电', 'Stay where you are and save your battery']);
const PHOTO = loud(tell(['请拍一张照片发来', 'Please send a photo']));
const MUTE = tell(['请把手机调成静音，您写的字我们都能看到', 'Mute your phone; we see what you write']);

const GENERAL: readonly Prepared[] = [SAFE, HURT, WHERE, STAY];
const SILENT: readonly Prepared[] = [SAFE, WEAPON, NEAR, MUTE];
const BY_KIND: Partial<Record<Kind, readonly Prepared[]>> = {
  CRIME: [SAFE, WEAPON, NEAR, tell(['请不要追赶，先到安全的地方', 'Do not follow them; get to a safe place'])],
  ORDER: [SAFE, ask(['对方还在现场吗？', 'Are they still there?']), HURT, tell(['现场有多少人？', 'How many people are there?'])],
  DISPUTE: [ask(['双方动手了吗？', 'Has anybody been hit?']), HURT, WEAPON, tell(['请先分开，等民警到场', 'Keep apart until the officers come'])],
  TRAFFIC: [HURT, ask(['有人被困在车里吗？', 'Is anybody trapped in a car?']), loud(tell(['请打开双闪，人到路外等候', 'Put the hazard lights on and wait off the road'])), tell(['车牌号是多少？', 'What is the number plate?']), PHOTO],
  LOST: [WHERE, HURT, ask(['手机电量够用半小时吗？', 'Will your battery last half an hour?']), STAY, PHOTO],
  RESCUE: [ask(['您能动吗？', 'Can you move?']), HURT, WHERE, ask(['水位在上涨吗？', 'Is the water rising?']), STAY],
  FIRE: [ask(['您已经出来了吗？', 'Are you outside already?']), ask(['还有人在里面吗？', 'Is anybody still inside?']), HURT, tell(['请弯腰离开，不要乘电梯', 'Leave crouching; do not use the lift'])],
  MEDICAL: [ask(['病人清醒吗？', 'Is the patient awake?']), ask(['病人有呼吸吗？', 'Is the patient breathing?']), ask(['已经打 120 了吗？', 'Has 120 been called?']), tell(['请不要移动病人', 'Do not move the patient'])],
  FRAUD: [ask(['钱已经转出了吗？', 'Has the money gone already?']), ask(['对方还在联系您吗？', 'Are they still in touch with you?']), tell(['请不要再转账，保留聊天和转账记录', 'Send no more money; keep the chat and the receipts'])],
};
const IN_WRITING: Pair = ['{text}（请回复“是”或“否”）', '{text} (please answer yes or no)'];

/** The desk's sentences for an incident. */
export function preparedFor(it: { kind: Kind; silent: boolean; via: Via }): readonly Prepared[] {
  if (!it.silent) return BY_KIND[it.kind] || GENERAL;
  const own = (BY_KIND[it.kind] || []).filter((one) => !one.loud && SILENT.indexOf(one) < 0);
  return SILENT.concat(own.slice(0, 2));
}

/** The words that go out: where nobody has buttons, the question says how to answer. */
export function asAsked(text: string, via: Via): string {
  return via === 'chat' ? say(IN_WRITING, { text }) : text;
}

/** What a caller sends with one tap, by kind of incident. */
const CALLER_GENERAL: readonly Pair[] = [['我受伤了', 'I am hurt'], ['我现在安全', 'I am safe now'], ['请快一点', 'Please hurry']];
const CALLER_BY_KIND: Partial<Record<Kind, readonly Pair[]>> = {
  CRIME: [['对方有武器', 'They have a weapon'], ['对方就在旁边', 'They are right here'], ['对方跑了', 'They ran away'], ['我受伤了', 'I am hurt']],
  ORDER: [['人很多', 'There are many people'], ['对方就在旁边', 'They are right here'], ['有人受伤', 'Somebody is hurt']],
  DISPUTE: [['动手了', 'They are fighting'], ['对方有武器', 'They have a weapon'], ['有孩子', 'There are children']],
  TRAFFIC: [['有人受伤', 'Somebody is hurt'], ['有人被困', 'Somebody is trapped'], ['挡住路了', 'The road is blocked']],
  LOST: [['我迷路了', 'I am lost'], ['手机快没电了', 'My battery is low'], ['我受伤了', 'I am hurt']],
  RESCUE: [['我动不了', 'I cannot move'], ['水在上涨', 'The water is rising'], ['手机快没电了', 'My battery is low']],
  FIRE: [['里面还有人', 'People are still inside'], ['我出不来', 'I cannot get out'], ['我已经出来了', 'I am outside']],
  MEDICAL: [['没有呼吸', 'Not breathing'], ['昏迷了', 'Unconscious'], ['在流血', 'Bleeding']],
  FRAUD: [['钱已经转了', 'The money has gone'], ['还没有转钱', 'I have not paid'], ['对方还在联系我', 'They are still in touch']],
};

export function callerPhrases(kind: Kind): readonly Pair[] {
  return CALLER_BY_KIND[kind] || CALLER_GENERAL;
}
