package pluginruntime

import "encoding/json/jsontext"

const jsonType = "application/json"

// response is the parts of an HTTP answer.
type response struct {
	status int
	body   []byte
	kind   string
	allow  string
}

func jsonResponse(status int, members ...member) response {
	return response{status: status, body: objectOf(members), kind: jsonType}
}

// failure is the answer to whatever did not succeed; traceID and errors may be empty.
func failure(status int, text, traceID string, errors ...string) response {
	members := []member{{"success", jsontext.Value("false")}, {"error", quoted(text)}}
	if len(errors) > 0 {
		members = append(members, member{"errors", asJSON(errors)})
	}
	if traceID != "" {
		members = append(members, member{"trace_id", quoted(traceID)})
	}
	return jsonResponse(status, members...)
}
