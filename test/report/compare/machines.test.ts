import { expect, test } from 'vitest';
import { comparisonJson } from '../../../src/report/compare/data.js';
import { costTable } from '../../../src/report/compare/tables.js';
import { plainText } from '../../../src/report/page/html.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { madeRun } from '../../sweep/compare/made-runs.js';

/** Runs of one curve whose parts ran on these devices. */
const comparison = (devices: readonly (string | undefined)[]) =>
  compare(
    devices.map((device, i) => {
      const part = { began: '', step: 0, node: '20.0.0', cpu: 'A CPU', threads: 2 };
      const parts = [device === undefined ? part : { ...part, device }];
      return {
        ...madeRun({ method: 'iterand' }, i + 1, 0.5),
        times: { parts, trainingSeconds: 10, images: 100 },
      };
    }),
  );
const uuid = 'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6';
const devices = [0, 1, 2].map((i) => `CUDA device ${i} of CUDA_VISIBLE_DEVICES=${uuid},1,2`);

test('runs on several devices of one processor are one machine, on CUDA, whose devices no page names', () => {
  const { head, rows } = costTable(comparison(devices));
  expect(plainText(head.at(-1)!)).toBe('processor, threads, device');
  expect(rows.map((row) => plainText(row.at(-1)!))).toEqual(['A CPU, 2, CUDA']);
  const json = JSON.stringify(comparisonJson(comparison(devices), 'x'));
  expect(json).toContain('"device":"CUDA"');
  expect(json).not.toContain('GPU-');
});

test('runs on the CPU are told as before devices were', () => {
  const { head, rows } = costTable(comparison([undefined, undefined]));
  expect(plainText(head.at(-1)!)).toBe('processor, threads');
  expect(rows.map((row) => plainText(row.at(-1)!))).toEqual(['A CPU, 2']);
  expect(JSON.stringify(comparisonJson(comparison([undefined]), 'x'))).not.toContain('"device"');
});
