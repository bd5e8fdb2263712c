// A text area for JSON that says where a syntax error is.

export function jsonProblem(text) {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const place = /position (\d+)/.exec(error.message);
    if (!place) return `This is not JSON: ${error.message}`;
    const before = text.slice(0, Number(place[1])).split("\n");
    const reason = error.message.replace(/ in JSON at.*| \(line.*/, "");
    return `This is not JSON: ${reason}, line ${before.length}, column ${before.at(-1).length + 1}`;
  }
}

export function selectProblem(area) {
  try {
    JSON.parse(area.value);
  } catch (error) {
    const place = /position (\d+)/.exec(error.message);
    if (place) area.setSelectionRange(Number(place[1]), Number(place[1]) + 1);
  }
}
