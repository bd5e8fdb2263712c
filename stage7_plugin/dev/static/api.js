// Requests to the server that the page came from.

// Once more without an answer: Chromium drops requests when a container changes the networks.
export async function get(path, tries = 2) {
  try {
    return (await fetch(path)).json();
  } catch (error) {
    if (tries <= 1) throw error;
    return get(path, tries - 1);
  }
}

export async function post(path, document = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(document),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `the server answered ${answer.status}`);
  return body;
}

export function listen(handlers) {
  const source = new EventSource("/api/events");
  source.onopen = () => handlers.open?.();
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    handlers[event.kind]?.(event);
  };
  source.onerror = () => handlers.lost?.();
}
