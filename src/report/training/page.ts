import type { MethodRuns } from '../../sweep/methods.js';
import { type SpecNetwork, specNetworkName } from '../../train/spec/spec.js';
import { formula } from '../page/formula.js';
import { type Html, html } from '../page/html.js';
import type { ReportPage } from '../page/section.js';
import { accuracyFigure } from './accuracy-figure.js';
import { methodsFigure, methodsTable } from './figure.js';
import { accuracyText, type Comparison, METHOD_NAMES } from './summary.js';

/**
 * The page of the methods compared on one network: the answer first, then the seeds' accuracies.
 *
 * @param caveat how the settings were chosen, for the reader
 */
export function trainingPage(
  compared: readonly MethodRuns[],
  comparison: Comparison,
  caveat?: string,
): ReportPage {
  const [{ spec, dataName, runs }] = compared as [MethodRuns];
  const command = 'iterand report --training';
  return {
    folder: 'training',
    title: 'Does randomization help a network trained by pruning alone?',
    answer: answer(comparison),
    lead: {
      id: 'accuracy',
      title: 'Test accuracy',
      caption: html`Accuracy on the test images after the last epoch, one point a seed. Equal seeds share first weights, scores and batches, so edge-popup and IteRand are compared seed by seed; the intervals are Student’s, 95 %.`,
      figure: accuracyFigure(compared, comparison),
      table: methodsTable(comparison),
    },
    subtitle: html`${networkName(spec.network)} at width ${spec.width} on ${dataName}: SGD, edge-popup and IteRand, the weights ${spec.param.toUpperCase()}, ${runs.length} seeds, ${spec.epochs} epochs.`,
    findings: caveat === undefined ? [] : [html`${formula(caveat)}`],
    sections: [
      {
        id: 'methods',
        title: 'Accuracy by epoch',
        caption: epochsCaption(compared),
        figure: methodsFigure(compared),
        command,
        data: {
          file: 'methods.json',
          json: {
            about:
              'Train and validation metrics by epoch, and test metrics after the last, of each method and seed',
            command,
            methods: compared.map(({ method, spec, dataName, runs }) => ({
              name: METHOD_NAMES[method],
              data: dataName,
              spec,
              runs,
            })),
            comparison,
          },
        },
      },
    ],
    provenance: html`Made by <code>${command}</code>. The same seeds give the same numbers on the same kind of processor; the test images were used once a run, after the last epoch.`,
  };
}

function answer({ methods, verdict }: Comparison): Html {
  const list = methods.map(
    ({ method, test }, i) => html`${i === 0 ? '' : '; '}${method} <b>${accuracyText(test)}</b>`,
  );
  return html`Test accuracy: ${list}. ${verdict}`;
}

function epochsCaption(compared: readonly MethodRuns[]): Html {
  const iterand = compared.find(({ method }) => method === 'iterand')?.spec;
  const redraws =
    iterand === undefined
      ? html``
      : html`, IteRand drawing pruned ones anew every ${iterand.period!} iterations with probability ${iterand.rate!}`;
  return html`Accuracy on the validation images after each epoch; thin lines are the seeds. SGD trains the weights; the other two keep random ones and learn which to use${redraws}.`;
}

const networkName = (network: SpecNetwork) =>
  specNetworkName({ network }).replace('conv', 'Conv').replace('resnet', 'ResNet-');
