import type { Comparison, Difference } from '../../sweep/compare/compare.js';
import { networkName } from '../../sweep/compare/keys.js';
import { accuracyFigure, accuracyTable } from '../compare/accuracy.js';
import { comparisonJson } from '../compare/data.js';
import { differencesFigure } from '../compare/differences.js';
import { epochsCaption, epochsFigure } from '../compare/epochs.js';
import { accuracyText, differenceText } from '../compare/words.js';
import { formula } from '../page/formula.js';
import { type Html, html } from '../page/html.js';
import type { Figure, ReportPage } from '../page/section.js';

const COMMAND = 'iterand report --training';

/** IteRand minus edge-popup; undefined where one of them was not run. */
export const randomizationGain = ({ differences }: Comparison): Difference | undefined =>
  differences.find(
    ({ of, minus }) => of.example.spec.method === 'iterand' && minus.example.spec.method === 'edge-popup',
  );

/**
 * The page of the methods compared on one network: the answer first, then the seeds' accuracies.
 *
 * @param caveat how the settings were chosen, for the reader
 */
export function trainingPage(comparison: Comparison, caveat?: string): ReportPage {
  const [{ runs }] = comparison.groups as [Comparison['groups'][number]];
  const [{ spec, result }] = runs as [(typeof runs)[number]];
  return {
    folder: 'training',
    title: 'Does randomization help a network trained by pruning alone?',
    answer: answer(comparison),
    lead: {
      id: 'accuracy',
      title: 'Test accuracy',
      caption: html`Accuracy on the test images after the last epoch, one point a seed. Equal seeds share first weights, scores and batches, so edge-popup and IteRand are compared seed by seed; the intervals are Student’s, 95 %.`,
      figure: leadFigure(comparison),
      table: accuracyTable(comparison),
    },
    subtitle: html`${networkName(spec)} at width ${spec.width} on ${result.data.name}: SGD, edge-popup and IteRand, the weights ${spec.param.toUpperCase()}, ${runs.length} seeds, ${spec.epochs} epochs.`,
    findings: caveat === undefined ? [] : [html`${formula(caveat)}`],
    sections: [
      {
        id: 'methods',
        title: 'Accuracy by epoch',
        caption: epochsCaption(comparison),
        figure: epochsFigure(comparison),
        command: COMMAND,
        data: { file: 'methods.json', json: comparisonJson(comparison, COMMAND) },
      },
    ],
    provenance: html`Made by <code>${COMMAND}</code>. The same seeds give the same numbers on the same kind of processor; the test images were used once a run, after the last epoch.`,
  };
}

/** The accuracies, and beside them the gain by randomization. */
function leadFigure(comparison: Comparison): Figure {
  const accuracy = accuracyFigure(comparison);
  const gain = randomizationGain(comparison);
  if (gain === undefined) return accuracy;
  const { legend, panels } = differencesFigure([gain]);
  return { legend: [...accuracy.legend, ...legend], panels: [...accuracy.panels, ...panels] };
}

function answer(comparison: Comparison): Html {
  const list = comparison.groups.map(
    ({ curve, estimate }, i) => html`${i === 0 ? '' : '; '}${curve.label} <b>${accuracyText(estimate)}</b>`,
  );
  const gain = randomizationGain(comparison);
  return html`Test accuracy: ${list}. ${gain === undefined ? '' : differenceText(gain)}`;
}
