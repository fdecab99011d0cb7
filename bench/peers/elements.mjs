// The peer bpmn-elements. Prints one JSON object: milliseconds per row.
import { readFileSync } from "node:fs";
import { BpmnModdle } from "bpmn-moddle";
import * as elements from "bpmn-elements";
import { Serializer, TypeResolver } from "moddle-context-serializer";

const resolver = TypeResolver({ ...elements });

async function load(file) {
  const context = await new BpmnModdle().fromXML(readFileSync(file, "utf8"));
  return Serializer(context, resolver);
}

// Script tasks that do nothing, as ours.
const scripts = { register() {}, getScript: () => ({ execute: (_, next) => next() }) };

function run(serialized) {
  const environment = new elements.Environment({ scripts });
  const definition = new elements.Definition(new elements.Context(serialized, environment));
  return new Promise((resolve, reject) => {
    definition.run((error) => (error ? reject(error) : resolve()));
  });
}

async function median(act, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = process.hrtime.bigint();
    await act();
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

const rows = {};
for (const [name, file, rounds] of JSON.parse(process.argv[2])) {
  try {
    if (name === "parse") {
      rows[name] = await median(() => load(file), rounds);
      continue;
    }
    const serialized = await load(file);
    await run(serialized);
    rows[name] = await median(() => run(serialized), rounds);
  } catch (error) {
    rows[name] = `${error.name}: ${error.message}`.slice(0, 80);
  }
}
console.log(JSON.stringify(rows));
