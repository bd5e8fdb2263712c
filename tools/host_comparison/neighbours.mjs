// The services around the CapabilitiesManager, as far as it needs them to start and to store plugins:
// PostOffice, SecurityManager and Librarian on one port. For comparisons on a developer's machine only.
//
// Usage: node neighbours.mjs PORT TOKEN_FILE
import { generateKeyPairSync, createSign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, tokenFile] = process.argv.slice(2);
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = publicKey.export({ type: "spki", format: "pem" });

function token(subject) {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded({ sub: subject, exp })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

const documents = []; // as the Librarian's storeData without an id: always a new document

function matches(document, query) {
  return Object.entries(query ?? {}).every(([key, value]) => document[key] === value);
}

function answer(method, path, body) {
  if (path === "/public-key") return [200, pem];
  if (path === "/auth/service") return [200, { authenticated: true, token: token(body.componentType) }];
  if (path === "/verify") return [200, { valid: true, user: {} }];
  if (path === "/getServices") return [200, { capabilitiesManagerUrl: "localhost" }];
  if (path.startsWith("/loadData")) return [404, { error: "not found" }];
  if (path === "/storeData") {
    if (body.collection === "plugins") documents.push(body.data);
    return [200, { status: "stored" }];
  }
  if (path === "/searchData") {
    const found = body.collection === "plugins" ? documents.filter((one) => matches(one, body.query)) : [];
    return [200, { data: found }];
  }
  return [200, { status: "ok" }];
}

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString();
    const [status, body] = answer(request.method, request.url.split("?")[0], text ? JSON.parse(text) : {});
    const isText = typeof body === "string";
    response.writeHead(status, { "Content-Type": isText ? "text/plain" : "application/json" });
    response.end(isText ? body : JSON.stringify(body));
  });
}).listen(Number(port), "127.0.0.1", () => {
  writeFileSync(tokenFile, token("CapabilitiesManager"), { mode: 0o600 });
});
