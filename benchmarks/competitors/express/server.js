// As in the documentation of express, with its graceful shutdown.
const express = require('express');

const app = express();
app.use(express.json({ limit: '16mb' }));

app.get('/health', (_request, response) => {
  response.json({ status: 'healthy' });
});

app.post('/execute', (request, response) => {
  const { inputs } = request.body;
  const until = Date.now() + 1000 * (inputs.seconds?.value ?? 0);
  while (Date.now() < until);
  response.json({ success: true, outputs: { result: inputs.text.value } });
});

const server = app.listen(process.env.BENCHMARK_PORT ?? 8080);
process.on('SIGTERM', () => server.close());
