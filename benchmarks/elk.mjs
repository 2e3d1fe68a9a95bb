// Lays out the graphs on standard input, one JSON document a line, with ELK's layered algorithm; prints for
// each its width, its height and the points of its edges.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const ELK = createRequire(process.argv[2] + "/")("elkjs");
const elk = new ELK();
for await (const line of createInterface({ input: process.stdin })) {
  const drawn = await elk.layout(JSON.parse(line));
  const edges = (drawn.edges ?? []).map((edge) =>
    (edge.sections ?? []).flatMap((part) =>
      [part.startPoint, ...(part.bendPoints ?? []), part.endPoint].map((point) => [point.x, point.y])));
  console.log(JSON.stringify({ width: drawn.width, height: drawn.height, edges }));
}
