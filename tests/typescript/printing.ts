/** Prints the secret that it is given in every way in which code prints. */
import { setImmediate } from 'node:timers/promises';

type Inputs = { do: string; password: string };

/** Resolves in the next execution. */
let { promise: next, resolve: begin } = Promise.withResolvers<void>();

function print(what: string, secret: string): unknown {
  const [half, rest] = [secret.slice(0, 9), secret.slice(9)];
  switch (what) {
    case 'two writes':
      process.stdout.write(`<${half}`);
      return process.stdout.write(`${rest}>\n`);
    case 'a write and console.log':
      process.stdout.write(`<${half}`);
      return console.log(`${rest}>`);
    case 'a write and console.error':
      process.stderr.write(`<${half}`);
      return console.error(`${rest}>`);
    case 'arguments of console.log':
      return console.log('<%s%s>', half, rest);
    case 'single bytes':
      for (const octet of Buffer.from(`<ö€😀 ${secret}>\n`)) process.stdout.write(Uint8Array.of(octet));
      return undefined;
    case 'an end':
      return process.stdout.end(`<${secret}>\n`);
    case 'hexadecimal':
      return process.stdout.write(Buffer.from(`<${secret}>`).toString('hex'), 'hex');
    case 'no text':
      process.stdout.write('a\0b\u001b[31m\n');
      process.stdout.write(Uint8Array.of(0xff, 0xfe, 10, 0xe2, 0x82));
      return console.log('\ud800');
    case 'JSON':
      return console.log(JSON.stringify({ a: [secret] }));
    case 'an object':
      return console.log({ a: { b: [secret] } });
    case 'a warning':
      return process.emitWarning(`<${secret}>`);
    case 'an error':
      return console.error(new Error('outer', { cause: new Error(`<${secret}>`) }));
    case 'throw':
      throw new Error('outer', { cause: new Error(JSON.stringify({ secret })) });
    case 'a long line':
      return console.log(`${'x'.repeat(10_000_000)}<${secret}>`);
    case 'a long write':
      return process.stdout.write('x'.repeat(10_000_000));
    case 'two long writes':
      process.stdout.write('x'.repeat(5_000_000));
      return process.stdout.write(`${'x'.repeat(5_000_000)}\n`);
    default:
      return next.then(() => {
        if (what === 'throw later') throw new Error(`<${secret}>`);
        process.stdout.write(`<${half}`);
        process.stdout.write(`${rest}>\n`);
        process.stdout.write('and more');
      });
  }
}

export async function executePlugin({ do: what, password }: Inputs): Promise<object> {
  if (what === 'go on') {
    process.stdout.write('begun ');
    begin();
    ({ promise: next, resolve: begin } = Promise.withResolvers<void>());
    await setImmediate();
    console.log('ended');
  } else {
    print(what, password);
    if (what === 'a warning') await setImmediate(); // Node tells it later
  }
  return { success: true, outputs: { result: what } };
}
