import type { Lawful } from './report.js';
import { NoAnswer } from './task.js';

/** What came of one law. */
export interface LawFound {
  readonly law: string;
  /** How it does not hold; absent where it does. */
  readonly broken?: string;
}

/** What came of laws. */
export interface LawsFound {
  readonly held: number;
  /** Each that does not hold, and how. */
  readonly broken: readonly string[];
}

/** Laws one by one, counted. @param broken what is wrong beside them */
export function countLaws(laws: readonly LawFound[], broken: readonly string[] = []): LawsFound {
  const failed = laws.flatMap(({ law, broken: how }) => (how === undefined ? [] : [`${law}: ${how}`]));
  return { held: laws.length - failed.length, broken: [...broken, ...failed] };
}

const TOLD = 'law ';

/** A law as the task `laws` tells it, once it was held. */
export const toldLaw = (found: LawFound): string => `${TOLD}${JSON.stringify(found)}`;

/** What a report keeps of laws whose task gave no answer: those that it told before count. */
export function unanswered(error: Error): Pick<Lawful, 'held' | 'broken' | 'why'> {
  const told = error instanceof NoAnswer ? error.told.filter((line) => line.startsWith(TOLD)) : [];
  const laws = told.map((line) => JSON.parse(line.slice(TOLD.length)) as LawFound);
  return { ...countLaws(laws), why: error.message };
}
