import { analyse } from './analyse.js';
import type { Answer, Question } from './messages.js';
import { simulate } from './simulate.js';

const answer = (message: Answer) => postMessage(message);

addEventListener('message', ({ data: { kind, state } }: MessageEvent<Question>) => {
  try {
    for (const message of kind === 'analyse' ? analyse(state) : simulate(state)) answer(message);
    answer({ kind: 'done' });
  } catch (error) {
    answer({ kind: 'broken', message: String(error) });
  }
});
