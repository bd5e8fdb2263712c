// Executes one request after the other.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ id, body }) => {
  const { inputs } = JSON.parse(Buffer.from(body).toString());
  const until = Date.now() + 1000 * (inputs.seconds?.value ?? 0);
  while (Date.now() < until);
  parentPort.postMessage({ id, body: JSON.stringify({ success: true, outputs: { result: inputs.text.value } }) });
});
