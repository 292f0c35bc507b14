import type { MethodRuns } from '../../sweep/methods.js';
import { type SpecNetwork, specNetworkName } from '../../train/spec/spec.js';
import { html } from '../page/html.js';
import type { ReportPage } from '../page/section.js';
import { methodsFigure, methodsTable } from './figure.js';
import { type Comparison, METHOD_NAMES } from './summary.js';

/** The page of the methods compared on one network. */
export function trainingPage(compared: readonly MethodRuns[], comparison: Comparison): ReportPage {
  const [{ spec, dataName, runs }] = compared as [MethodRuns];
  const command = 'iterand report --training';
  const iterand = compared.find(({ method }) => method === 'iterand')?.spec;
  return {
    folder: 'training',
    title: 'Does randomization help a network trained by pruning alone?',
    subtitle: html`${networkName(spec.network)} at width ${spec.width} on ${dataName}: SGD, edge-popup and IteRand, the weights ${spec.param.toUpperCase()}, ${runs.length} seeds, ${spec.epochs} epochs. A small example of what the package does, not one of the paper’s experiments.`,
    findings: [html`${comparison.verdict}`],
    sections: [
      {
        id: 'methods',
        title: 'Accuracy by epoch',
        caption: html`Accuracy on the validation images after each epoch; thin lines are the seeds. SGD trains the weights; the other two keep random ones and learn which to use${iterand === undefined ? '' : html`, IteRand drawing pruned ones anew every ${iterand.period!} iterations with probability ${iterand.rate!}`}.`,
        figure: methodsFigure(compared),
        table: methodsTable(comparison),
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

const networkName = (network: SpecNetwork) =>
  specNetworkName({ network }).replace('conv', 'Conv').replace('resnet', 'ResNet-');
