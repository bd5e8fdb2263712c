// One HTTP function, as functions-framework has it: it gets every path.
exports.main = (request, response) => {
  if (request.path === '/health') {
    response.json({ status: 'healthy' });
    return;
  }
  const { inputs } = request.body;
  const until = Date.now() + 1000 * (inputs.seconds?.value ?? 0);
  while (Date.now() < until);
  response.json({ success: true, outputs: { result: inputs.text.value } });
};
