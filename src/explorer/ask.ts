import type { Answer, Question } from './worker/messages.js';
import TheoryWorker from './worker/worker.js?worker&inline';

/** A worker that answers one question at a time; a new question ends the one before it. */
export class Asker {
  #worker: Worker | undefined;
  #busy = false;

  constructor(private readonly answered: (answer: Answer) => void) {}

  ask(question: Question): void {
    if (this.#busy) this.stop();
    this.#worker ??= this.#start();
    this.#busy = true;
    this.#worker.postMessage(question);
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#busy = false;
  }

  #start(): Worker {
    const worker = new TheoryWorker();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      // What a worker said before it was ended may still be on its way.
      if (worker !== this.#worker) return;
      if (data.kind === 'done' || data.kind === 'broken') this.#busy = false;
      this.answered(data);
    };
    return worker;
  }
}
