import proto from 'onnx-proto';
import { encodeGraph, finishGraph, type GraphParts, valueInfo } from './encode.js';
import type { Repetition, Value } from './value.js';

/** The input that says how many times a graph is carried out, int64 []. */
export const COUNT = 'count';

/**
 * A model that carries a graph out several times in one run, as the body of an ONNX Loop. Its inputs are the graph's, those of `stacked` with a
 * first axis more, and {@link COUNT}; outputs of `carried` are those of the last time, all others stacks.
 */
export function encodeLoop(parts: GraphParts, { carried, stacked }: Repetition): Uint8Array {
  const gathered = parts.inputs.filter(({ name }) => stacked.has(name));
  const state = parts.inputs.filter(({ name }) => carried.has(name));
  const ends = state.map(({ name }) => carried.get(name)!);
  const told = parts.outputs.filter(({ name }) => !ends.includes(name));
  const body = bodyOf(parts, { gathered, state, ends, told: told.map(({ name }) => name) });
  const values = new Map(parts.outputs.map(({ name, value }) => [name, { ...value, name }]));
  return encodeGraph(
    {
      name: 'iterand',
      node: [
        {
          opType: 'Loop',
          name: 'steps',
          input: [COUNT, '', ...state.map(({ name }) => name)],
          output: [...ends, ...told.map(({ name }) => name)],
          attribute: [{ name: 'body', g: body, type: proto.onnx.AttributeProto.AttributeType.GRAPH }],
        },
      ],
      input: [
        valueInfo({ name: COUNT, shape: [], type: 'int64' }),
        ...parts.inputs.map((v) => valueInfo(v, stacked.has(v.name) ? COUNT : undefined)),
      ],
      output: [
        ...ends.map((name) => valueInfo(values.get(name)!)),
        ...told.map(({ name }) => valueInfo(values.get(name)!, COUNT)),
      ],
    },
    body.node,
  );
}

/** The graph of one time. What is the same every time it takes from outside, by name; its own names differ from those. */
function bodyOf(
  parts: GraphParts,
  {
    gathered,
    state,
    ends,
    told,
  }: {
    readonly gathered: readonly Value[];
    readonly state: readonly Value[];
    readonly ends: readonly string[];
    readonly told: readonly string[];
  },
) {
  const graph = finishGraph('step', parts);
  const own = new Set([...gathered, ...state].map(({ name }) => name).concat(ends, told));
  const inside = (name: string) => (own.has(name) ? `step ${name}` : name);
  const rename = <T extends { readonly name: string }>(value: T): T => ({
    ...value,
    name: inside(value.name),
  });
  const [at, goOn, goOnNext] = ['step number', 'step condition', 'next step condition'];
  const outputs = new Map(graph.output.map((o) => [o.name!, o]));
  const flag = (name: string) => valueInfo({ name, shape: [], type: 'bool' });
  return {
    ...graph,
    node: [
      ...gathered.map(({ name }) => ({
        opType: 'Gather',
        name: `${name}/own`,
        input: [name, at],
        output: [inside(name)],
      })),
      ...graph.node.map((n) => ({ ...n, input: n.input.map(inside), output: n.output.map(inside) })),
      { opType: 'Identity', name: 'condition', input: [goOn], output: [goOnNext] },
    ],
    input: [
      valueInfo({ name: at, shape: [], type: 'int64' }),
      flag(goOn),
      ...state.map((v) => valueInfo(rename(v))),
    ],
    output: [
      flag(goOnNext),
      ...[...ends, ...told].map((name) => ({ ...outputs.get(name), name: inside(name) })),
    ],
  };
}
