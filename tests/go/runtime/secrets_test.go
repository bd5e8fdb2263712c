package pluginruntime

import (
	"encoding/base64"
	"encoding/json/jsontext"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const hidden = "p/ss\"wörd'+=&\n8 chars"

func values(texts ...string) (found []jsontext.Value) {
	for _, text := range texts {
		found = append(found, quoted(text))
	}
	return found
}

func hides(s *secrets, text string) bool {
	redacted, _ := s.redactText("<" + text + ">")
	return !strings.Contains(redacted, text)
}

func TestASecretIsFoundInEveryForm(t *testing.T) {
	found := secretsOf(values(hidden))
	whole := len(hidden) * 8 / 6
	for _, form := range []string{
		hidden, inJSON(hidden), unquote(strconv.Quote(hidden)), unquote(fmt.Sprintf("%+q", hidden)), url.QueryEscape(hidden),
		strings.ReplaceAll(url.QueryEscape(hidden), "+", "%20"),
		regexp.MustCompile("%..").ReplaceAllStringFunc(url.QueryEscape(hidden), strings.ToLower),
		base64.StdEncoding.EncodeToString([]byte(hidden))[:whole], base64.URLEncoding.EncodeToString([]byte(hidden))[:whole],
		`p/ss\"wörd'+=\u0026\n8 chars`,
	} {
		if said, _ := found.redactText("<" + form + ">"); said != "<[redacted]>" { // not only a line of it
			t.Errorf("%s: %s", form, said)
		}
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} { // with + and /, or - and _
		if _, count := secretsOf(values(">>>???~~~")).redactText(encoding.EncodeToString([]byte(">>>???~~~"))); count != 1 {
			t.Error(count)
		}
	}
	if said, _ := secretsOf(values("the-secret", "the-secret-and-more")).redactText("<the-secret-and-more>"); said != "<[redacted]>" {
		t.Error(said)
	}
	for text, inside := range map[string]string{
		"postgres://me:the%2fpassword@db/x": "the/password", "postgres://me:short@db/x": "me:short", "first-line\nsecond-line": "second-line",
	} {
		if !hides(secretsOf(values(text)), inside) {
			t.Error(text)
		}
	}
	for _, before := range []string{"", "a", "ab"} {
		encoded := base64.StdEncoding.EncodeToString([]byte(before + hidden + "and more"))
		if _, count := found.redactText(encoded); count != 1 {
			t.Errorf("%s: %d", encoded, count)
		}
	}
}

func TestShortSecretsKeysAndOtherNumbersStay(t *testing.T) {
	found := secretsOf(append(values("1234567", "a-longer-secret"), jsontext.Value("12345678")))
	redacted, count := found.redact(jsontext.Value(`{"a-longer-secret":"a-longer-secret","short":"1234567","number":12345678,"other":123456789,"big":12345678901234567890}`))
	wanted := `{"a-longer-secret":"[redacted]","short":"1234567","number":"[redacted]","other":123456789,"big":12345678901234567890}`
	if string(redacted) != wanted || count != 2 {
		t.Error(string(redacted), count)
	}
}

func TestASetOfSecretsIsBounded(t *testing.T) {
	var many []string
	for number := range 2000 {
		many = append(many, fmt.Sprintf("secret-number-%d", number))
	}
	if found := secretsOf(values(many...)); found.isComplete || len(found.forms) > mostForms {
		t.Error(found.isComplete, len(found.forms))
	}
	if secretsOf(values(strings.Repeat("x", 40_000))).isComplete || !secretsOf(values("a-longer-secret")).isComplete {
		t.Error("bounds")
	}
}

func secretManifest() *manifest {
	return &manifest{
		InputDefinitions: []*definition{{Name: "key", Type: "string", Secret: true, Aliases: []string{"pin"}}, {Name: "max_tokens", Type: "string"}},
		Configuration:    []configurationItem{{Key: "MAILBOX", Type: "secret"}},
	}
}

func TestTheEnvironmentHasSecrets(t *testing.T) {
	environment := []string{
		"S7_CM_TOKEN=token-of-the-host", "MAILBOX=named-by-configuration", "DATABASE=postgres://me:the-password@db/x",
		"DSN=Server=a;Password=in-a-string;", "ORDINARY=an-ordinary-value", "PLUGIN_SECRET_ENV=auto-secret-token",
	}
	found := secretsOfEnvironment(secretManifest(), environment, nil)
	for _, text := range []string{"token-of-the-host", "named-by-configuration", "the-password", "in-a-string"} {
		if !hides(found, text) {
			t.Error(text)
		}
	}
	for _, text := range []string{"an-ordinary-value", "auto-secret-token"} {
		if hides(found, text) {
			t.Error(text)
		}
	}
	named := secretsOfEnvironment(secretManifest(), environment, []string{"ORDINARY"})
	if !hides(named, "an-ordinary-value") || hides(named, "token-of-the-host") {
		t.Error("PLUGIN_SECRET_ENV")
	}
}

func TestARequestHasSecrets(t *testing.T) {
	requests := newRequestSecrets(secretManifest(), noSecrets)
	given := members(jsontext.Value(`{"pin": {"value": "the-declared-pin", "args": {"more": "the-args-of-it"}}, "__auth_token": "the-host-token",
		"clientSecret": "an-undeclared-one", "max_tokens": "no-secret-at-all", "keywords": "no-secret-either"}`))
	own := requests.ofInputs(given, jsontext.Value(`{"a": {"b": {"password": "three-levels-deep"}}}`))
	for _, text := range []string{"the-declared-pin", "the-args-of-it", "the-host-token", "an-undeclared-one", "three-levels-deep"} {
		if !hides(own, text) {
			t.Error(text)
		}
	}
	for _, text := range []string{"no-secret-at-all", "no-secret-either"} {
		if hides(own, text) {
			t.Error(text)
		}
	}
	if !hides(requests.ofHeader(http.Header{"Authorization": {"Bearer of-a-header"}}), "of-a-header") {
		t.Error("header")
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:the-basic-password"))
	if !hides(requests.ofHeader(http.Header{"Authorization": {basic}}), "the-basic-password") {
		t.Error("basic")
	}
	isKnown := false
	for _, set := range requests.outsideExecutions() {
		isKnown = isKnown || hides(set, "the-host-token")
	}
	if !isKnown || requests.ofInputs(given, nil) == own {
		t.Error("lines of no execution are redacted for the latest executions too")
	}
	if again := requests.ofInputs(given, jsontext.Value(`{"a": {"b": {"password": "three-levels-deep"}}}`)); again != own {
		t.Error("a step that is tried again has its secrets already")
	}
	for number := range 3 * rememberedExecutions {
		requests.ofInputs(map[string]jsontext.Value{"__t": quoted(fmt.Sprintf("another-token-%d", number))}, nil)
	}
	if len(requests.recent) > rememberedExecutions {
		t.Error(len(requests.recent))
	}
}

func TestNamesOfSecretsAreThoseOfTheOtherServers(t *testing.T) {
	words := `token|secret|passw|passphrase|credential|authorization|webhook`
	header := regexp.MustCompile(words + `|api-key|apikey|cookie`)
	variable := regexp.MustCompile(words + `|key|jwt|_dsn_`)
	input := regexp.MustCompile(`(?:token|secret|password|passwd|passphrase|credentials?|authorization|webhook|webhook_?url|jwt|_dsn|cookie|` +
		`api_?key|access_?key|private_?key|secret_?key|auth_?key|signing_key|encryption_key)$`)
	parts := strings.Split(words+"|password|passwd|api-key|apikey|cookie|key|jwt|dsn|url|access|private|secret|auth|signing|encryption|s|x|max", "|")
	for _, first := range append(parts, "") {
		for _, second := range append(parts, "") {
			for _, between := range []string{"", "_", "-"} {
				name := first + between + second
				written := "_" + strings.ReplaceAll(name, "-", "_")
				if isSecretHeader(strings.ToUpper(name)) != header.MatchString(name) ||
					isSecretVariable(strings.ToUpper(name)) != variable.MatchString("_"+name+"_") ||
					isSecretInput(name) != (input.MatchString(written) || strings.HasPrefix(name, "__")) {
					t.Error(name)
				}
			}
		}
	}
}

func TestSecretsAreFoundByTheNamesAndInTheFormsThatTheTableSays(t *testing.T) {
	var cases struct {
		Cases []struct {
			Headers     map[string]string         `json:"headers"`
			Environment map[string]string         `json:"environment"`
			Inputs      map[string]jsontext.Value `json:"inputs"`
			Context     jsontext.Value            `json:"context"`
			Text        jsontext.Value            `json:"text"`
			Redacted    jsontext.Value            `json:"redacted"`
		} `json:"cases"`
	}
	table(t, "redaction.json", &cases)
	if len(cases.Cases) < 90 {
		t.Fatalf("only %d cases", len(cases.Cases))
	}
	m := manifestOf(t, `, "configuration": [{"key": "MAILBOX", "type": "secret"}]`)
	m.InputDefinitions = []*definition{
		{Name: "pin", Type: "string", Secret: true, Aliases: []string{"code"}},
		{Name: "keys", Type: "object", Secret: true},
		{Name: "declared_token", Type: "string"},
	}
	for _, one := range cases.Cases {
		var environment []string
		for name, value := range one.Environment {
			environment = append(environment, name+"="+value)
		}
		header := http.Header{}
		for name, value := range one.Headers {
			header.Set(name, value)
		}
		requests := newRequestSecrets(m, secretsOfEnvironment(m, environment, nil))
		found, _ := requests.ofHeader(header).with(requests.ofInputs(one.Inputs, one.Context)).redact(one.Text)
		if !same(found, one.Redacted) {
			t.Errorf("%s of %v %v %s %s became %s", one.Text, one.Headers, one.Environment, one.Inputs, one.Context, found)
		}
	}
}

func TestTheCharactersOfSecretsAreBounded(t *testing.T) {
	var values []jsontext.Value
	for number := range 6 {
		values = append(values, quoted(strings.Repeat(string(rune('a'+number)), longestValue)))
	}
	if found := secretsOf(values[:1]); !found.isComplete {
		t.Error("one is not too much")
	}
	if found := secretsOf(values); found.isComplete || found.characters > mostCharacters {
		t.Error(found.isComplete, found.characters)
	}
}
