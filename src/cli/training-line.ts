import { Presets, SingleBar } from 'cli-progress';
import { duration } from '../core/format.js';
import type { EpochRecord, LoopCallbacks } from '../train/loop/callbacks.js';
import type { LoopStanding } from '../train/loop/loop.js';
import { ImageSpeed } from './image-speed.js';

/** The live line of a training run, on stderr: a bar on a terminal, a line an epoch elsewhere. Call `stop` at the end. */
export interface TrainingLine extends LoopCallbacks {
  readonly began: (standing: Readonly<LoopStanding>, stepsPerEpoch: number) => void;
  stop(): void;
}

/** @param silent draw nothing */
export function trainingLine(epochs: number, silent: boolean): TrainingLine {
  if (silent) return { began: () => {}, stop: () => {} };
  const terminal = process.stderr.isTTY === true;
  const bar = new SingleBar(
    {
      format:
        'epoch {epoch}/{epochs} {bar} loss {loss} · accuracy {accuracy} % · {speed} images/s · {left} left',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 20,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const began = { at: 0, step: 0 };
  let [total, drawn] = [0, 0];
  let latest = { step: 0, epoch: 0 };
  const speed = new ImageSpeed();
  let sums = { loss: 0, hits: 0, examples: 0 };
  const shownSpeed = () => {
    const { imagesPerSecond } = speed;
    return Number.isNaN(imagesPerSecond) ? '?' : Math.round(imagesPerSecond).toLocaleString('en');
  };
  const left = (step: number) => {
    const done = step - began.step;
    return done === 0 ? '?' : duration(((performance.now() - began.at) / 1000 / done) * (total - step));
  };
  const draw = () => {
    const now = performance.now();
    if (!terminal || now - drawn < 100 || sums.examples === 0) return;
    drawn = now;
    bar.update(latest.step + 1, {
      epoch: latest.epoch + 1,
      loss: (sums.loss / sums.examples).toFixed(3),
      accuracy: ((100 * sums.hits) / sums.examples).toFixed(1),
      speed: shownSpeed(),
      left: left(latest.step + 1),
    });
  };
  return {
    began(standing, stepsPerEpoch) {
      total = stepsPerEpoch * epochs;
      began.at = performance.now();
      began.step = standing.step;
      speed.restart(began.at);
      const nothing = {
        epoch: standing.position.epoch + 1,
        epochs,
        loss: '?',
        accuracy: '?',
        speed: '?',
        left: '?',
      };
      if (terminal) bar.start(total, standing.step, nothing);
    },
    step({ step, epoch, loss, hits, examples }) {
      speed.step(examples, performance.now());
      latest = { step, epoch };
      sums = {
        loss: sums.loss + loss * examples,
        hits: sums.hits + hits,
        examples: sums.examples + examples,
      };
    },
    between() {
      speed.taken();
      draw();
      return false;
    },
    epoch({ epoch, train, validation }: EpochRecord) {
      speed.taken();
      speed.restart(performance.now());
      draw();
      sums = { loss: 0, hits: 0, examples: 0 };
      if (terminal) return;
      const accuracy = (value: number) => `${(100 * value).toFixed(1)} %`;
      process.stderr.write(
        `epoch ${epoch + 1}/${epochs}: loss ${train.loss.toFixed(3)}, accuracy ${accuracy(train.accuracy)} training, ` +
          `${accuracy(validation.accuracy)} validation; ${shownSpeed()} images/s; ` +
          `${left(((epoch + 1) * total) / epochs)} left\n`,
      );
    },
    stop() {
      if (terminal) bar.stop();
    },
  };
}
