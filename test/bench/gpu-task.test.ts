import { expect, test } from 'vitest';
import { unanswered } from '../../bench/gpu/laws.js';
import { answerOf, NoAnswer, reasonIn } from '../../bench/gpu/task.js';

test('the reason is the error of a process, or else its last line', () => {
  expect(reasonIn("Warning: old\nInputError: provider 'x': no; use y.\n    at z\n")).toBe(
    "provider 'x': no; use y.",
  );
  expect(reasonIn('first\nterminate called\n\n')).toBe('terminate called');
  expect(reasonIn('')).toBeUndefined();
  expect(reasonIn(`Error: ${'a'.repeat(400)}`)).toHaveLength(300);
});

test('a library that a loader missed is named', () => {
  const loader =
    'Failed to load library /a/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No such file or directory';
  expect(reasonIn(`${loader}\nInputError: provider 'cuda': it did not start.\n`)).toBe(
    "libcublasLt.so.13 is missing: provider 'cuda': it did not start.",
  );
  expect(reasonIn(loader)).toBe(loader);
});

/** The answer of a process that runs this JavaScript. */
const answer = (program: string, seconds: number) =>
  answerOf<object>([process.execPath, '-e', program], {}, seconds);

test('the answer is the line that is an object, also of a process that fails after it', async () => {
  expect(await answer(`console.log('told\\n{"a":1}'); process.exit(3)`, 60)).toEqual({ a: 1 });
});

test('what a process told before it was ended counts, a line that it had begun does not', async () => {
  const laws = `for (const law of [{ law: 'a' }, { law: 'b', broken: '1 is not 2' }, { law: 'c' }])
    process.stdout.write('law ' + JSON.stringify(law) + '\\n');
  process.stdout.write('{"held":'); setInterval(() => {}, 1000);`;
  const error = await answer(laws, 5).catch((e: Error) => e);
  expect(error).toBeInstanceOf(NoAnswer);
  expect(unanswered(error as Error)).toEqual({
    ...{ held: 2, broken: ['b: 1 is not 2'], why: 'no answer in 5 s' },
  });
});

test('a process that ends without an answer says why', async () => {
  const error = await answer(`console.log('law {"law":"a"}'); throw new Error('no device')`, 60).catch(
    (e: Error) => e,
  );
  expect(unanswered(error as Error)).toEqual({ held: 1, broken: [], why: 'no device' });
  expect(unanswered(new Error('not begun'))).toEqual({ held: 0, broken: [], why: 'not begun' });
});
