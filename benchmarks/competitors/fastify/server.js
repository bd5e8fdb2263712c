// As in the documentation of fastify, with its graceful shutdown.
const fastify = require('fastify')({ bodyLimit: 16 * 1024 * 1024 });

fastify.get('/health', async () => ({ status: 'healthy' }));

fastify.post('/execute', async ({ body: { inputs } }) => {
  const until = Date.now() + 1000 * (inputs.seconds?.value ?? 0);
  while (Date.now() < until);
  return { success: true, outputs: { result: inputs.text.value } };
});

fastify.listen({ port: Number(process.env.BENCHMARK_PORT ?? 8080), host: '0.0.0.0' });
process.on('SIGTERM', () => fastify.close());
