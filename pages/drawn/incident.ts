/* For tests: what every incident has, and most tests say nothing of. */
export const CASE = {
  caller: { hung_up_at: null, hung_up: null, called_back_at: null, contact: '', telephone: null, masked: false, channel: null },
  waiting_since: 1, handed_at: null, present: false, confirmed_at: null, said: 0, unread: 0, marks: [], chat: [],
};
