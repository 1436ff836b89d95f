// Cedar's own engine, compiled for node: each line in is a JSON array of a function's name and its arguments, and the line
// out is what the function gives.
import { createInterface } from 'node:readline';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(cedar[name](...given))}\n`);
}
