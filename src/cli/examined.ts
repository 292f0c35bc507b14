import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Examination, PATHS, type Path } from '../train/engines/doctor/examine.js';

const entry = fileURLToPath(
  new URL(`./doctor-path.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/** A driver that hangs is given up. */
const MOST_SECONDS = 120;

/** Examines one way to compute in a process of its own: a driver may take that down, or leave it hanging. */
export function examined(path: Path): Promise<Examination> {
  const { engine, hardware } = path;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, entry, engine, hardware], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 1000 * MOST_SECONDS,
      killSignal: 'SIGKILL',
    });
    const end = () => void child.kill('SIGKILL');
    process.once('exit', end);
    let [output, complaints] = ['', ''];
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      complaints += text;
    });
    child.once('close', (code, signal) => {
      process.off('exit', end);
      const last = output.trim().split('\n').at(-1) ?? '';
      try {
        resolve(JSON.parse(last) as Examination);
      } catch {
        const how =
          signal === 'SIGKILL' ? `did not end in ${MOST_SECONDS} s` : `ended with ${signal ?? code}`;
        const why = `the process that tried it ${how}${firstOf(complaints)}`;
        resolve({ ...path, about: '', state: 'fails', why });
      }
    });
  });
}

const firstOf = (text: string): string => {
  const [line = ''] = text.trim().split('\n');
  return line === '' ? '' : ` (${line})`;
};

/** Every way to compute, one after the other. @param each told as each is done */
export async function examineAll(each?: (done: number, all: number) => void): Promise<Examination[]> {
  const found: Examination[] = [];
  for (const path of PATHS) {
    each?.(found.length, PATHS.length);
    found.push(await examined(path));
  }
  return found;
}

/** Hardware first, and where there is none the faster engine. */
const PREFERRED: readonly Path[] = [
  { engine: 'onnx', hardware: 'cuda' },
  { engine: 'tfjs', hardware: 'tensorflow' },
  { engine: 'tfjs', hardware: 'webgpu' },
  { engine: 'onnx', hardware: 'cpu' },
  { engine: 'tfjs', hardware: 'wasm' },
  { engine: 'tfjs', hardware: 'cpu' },
];

/** What `--engine auto` takes. */
export interface Choice {
  readonly taken: Examination;
  /** Ways before it that are there and were not taken, with why. */
  readonly passed: readonly string[];
}

/**
 * The first way to compute that works, hardware before programs that stand for it; undefined where none does.
 *
 * @param look examines a way
 */
export async function chooseEngine(
  look: (path: Path) => Promise<Examination> = examined,
): Promise<Choice | undefined> {
  const passed: string[] = [];
  for (const path of PREFERRED) {
    const found = await look(path);
    const idle = found.software || (path.hardware === 'tensorflow' && found.device === 'CPU');
    if (found.state === 'works' && !idle) return { taken: found, passed };
    if (found.state === 'missing') continue;
    const why = idle
      ? 'it computes on the CPU, where others are faster'
      : `${found.why}${found.fix ? `; ${found.fix}` : ''}`;
    passed.push(`${path.engine} ${path.hardware} (${why})`);
  }
  return undefined;
}
