import proto from 'onnx-proto';
import { type Attribute, ELEMENT, type Value } from './value.js';

const { onnx } = proto;

/** The parts of a graph. */
export interface GraphParts {
  readonly nodes: readonly proto.onnx.INodeProto[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  readonly initializers: proto.onnx.ITensorProto[];
}

/** A model in ONNX's protobuf encoding, without the nodes that no output needs. */
export const encodeModel = (parts: GraphParts): Uint8Array => encodeGraph(finishGraph('iterand', parts));

/** A graph without the nodes that no output needs. */
export function finishGraph(name: string, { nodes, inputs, outputs, initializers }: GraphParts) {
  const needed = neededNodes(nodes, outputs);
  // An output is named by renaming what makes it; one that is an input, a constant or an output twice goes through Identity.
  const made = new Set(needed.flatMap((n) => n.output!));
  const renamed = new Map<string, string>();
  const extra: proto.onnx.INodeProto[] = [];
  for (const { name, value } of outputs) {
    if (made.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, name);
    else extra.push({ opType: 'Identity', name: `${name}/output`, input: [value.name], output: [name] });
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  const node = [...needed, ...extra].map((n) => ({
    ...n,
    input: n.input!.map(rename),
    output: n.output!.map(rename),
  }));
  return {
    name,
    node,
    input: inputs.map((value) => valueInfo(value)),
    output: outputs.map(({ name, value }) => valueInfo({ ...value, name })),
    initializer: initializers,
  };
}

/** A graph as a model, opset 17. @param inner the nodes of graphs within it */
export function encodeGraph(
  graph: proto.onnx.IGraphProto,
  inner: readonly proto.onnx.INodeProto[] = [],
): Uint8Array {
  const domains = new Set([...graph.node!, ...inner].map((n) => n.domain ?? ''));
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [...new Set(['', ...domains])].map((domain) => ({
      domain,
      version: domain === '' ? 17 : 1,
    })),
    graph,
  });
  return onnx.ModelProto.encode(model).finish();
}

/** A model whose output `y` is a copy of its input `x`, float32 of any shape. */
export function copyModel(): Uint8Array {
  const float = { tensorType: { elemType: ELEMENT.float32 } };
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'copy',
      node: [{ opType: 'Identity', name: 'copy', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type: float }],
      output: [{ name: 'y', type: float }],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function neededNodes(
  nodes: readonly proto.onnx.INodeProto[],
  outputs: GraphParts['outputs'],
): proto.onnx.INodeProto[] {
  const asked = new Set(outputs.map(({ value }) => value.name));
  const kept = nodes.toReversed().filter(({ input, output }) => {
    const needed = output!.some((name) => asked.has(name));
    if (needed) for (const name of input!) asked.add(name);
    return needed;
  });
  return kept.reverse();
}

/** An attribute of a node. */
export function encodeAttribute(name: string, value: Attribute): proto.onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: AttributeType.STRING };
  if (typeof value === 'number') return { name, i: value, type: AttributeType.INT };
  if ('float' in value) return { name, f: value.float, type: AttributeType.FLOAT };
  return { name, ints: [...value], type: AttributeType.INTS };
}

/** A value's declaration. @param stacked name of the number of such values that lie one after another, as a first axis */
export function valueInfo({ name, shape, type }: Value, stacked?: string): proto.onnx.IValueInfoProto {
  const each = shape.map((dimValue) => ({ dimValue }));
  const dim = stacked !== undefined ? [{ dimParam: stacked }, ...each] : each;
  return { name, type: { tensorType: { elemType: ELEMENT[type], shape: { dim } } } };
}
