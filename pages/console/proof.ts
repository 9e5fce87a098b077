/* What the server asks for once more before it lets somebody in elsewhere: who, and until it is given. */
import { ref } from 'vue';

import { api } from './desk';

/** Set while the question is open; called with whether it was answered. */
export const proving = ref<((given: boolean) => void) | null>(null);
let asked: Promise<boolean> | null = null;

/** Asks in one dialog, however many acts wait for it; whether password and code were right. */
export function askForProof(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    proving.value = (given) => {
      proving.value = null;
      asked = null;
      resolve(given);
    };
  });
  return asked;
}

api.prove = askForProof;
