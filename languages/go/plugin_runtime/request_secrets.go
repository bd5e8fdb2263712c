package pluginruntime

import (
	"bytes"
	"encoding/json/jsontext"
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	rememberedExecutions = 64
	rememberedCharacters = 1024 * 1024
	deepestContext       = 3
)

var (
	// Anywhere in the name of a header field or an environment variable; more for either.
	secretWords   = []string{"token", "secret", "passw", "passphrase", "credential", "authorization", "webhook"}
	inHeaders     = []string{"api-key", "apikey", "cookie"}
	inEnvironment = []string{"key", "jwt", "_dsn_"}
	// Only at the end of an input's name, which is for people: keywords, max_tokens are not secrets.
	secretEndings = []string{
		"token", "secret", "password", "passwd", "passphrase", "credential", "credentials", "authorization",
		"webhook", "webhookurl", "webhook_url", "jwt", "_dsn", "cookie", "apikey", "api_key", "accesskey", "access_key",
		"privatekey", "private_key", "secretkey", "secret_key", "authkey", "auth_key", "signing_key", "encryption_key",
	}
)

func isSecretVariable(name string) bool {
	name = "_" + strings.ToLower(name) + "_"
	return containsAny(name, secretWords) || containsAny(name, inEnvironment)
}

func isSecretHeader(name string) bool {
	name = strings.ToLower(name)
	return containsAny(name, secretWords) || containsAny(name, inHeaders)
}

func isSecretInput(name string) bool {
	written := "_" + strings.ReplaceAll(strings.ToLower(name), "-", "_")
	return strings.HasPrefix(name, "__") ||
		slices.ContainsFunc(secretEndings, func(ending string) bool { return strings.HasSuffix(written, ending) })
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// secretsOfEnvironment collects the variables that are named, else those that the manifest's
// configuration calls secret, those whose name says so, and every password inside a URL.
func secretsOfEnvironment(m *manifest, environment, names []string) *secrets {
	var values []jsontext.Value
	var further []string
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		if len(names) > 0 {
			if slices.Contains(names, name) {
				values = append(values, quoted(value))
			}
			continue
		}
		if name == "PLUGIN_SECRET_ENV" {
			continue
		}
		isMarked := slices.ContainsFunc(m.Configuration, func(item configurationItem) bool {
			return item.Type == "secret" && item.Key == name
		})
		if isMarked || isSecretVariable(name) {
			values = append(values, quoted(value))
		}
		further = slices.AppendSeq(further, passwordsIn(value))
	}
	return secretsOf(values, further...)
}

// requestSecrets finds the secrets of a request, and remembers those of the latest executions.
type requestSecrets struct {
	environment *secrets
	declared    map[string]*definition // by name and alias

	lock   sync.Mutex
	recent []remembered // the latest last
}

type remembered struct {
	key string
	own *secrets
}

func newRequestSecrets(m *manifest, environment *secrets) *requestSecrets {
	found := &requestSecrets{environment: environment, declared: map[string]*definition{}}
	for _, d := range m.InputDefinitions {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			found.declared[name] = d
		}
	}
	return found
}

// ofHeader returns the environment's secrets and those in header fields such as Authorization.
func (r *requestSecrets) ofHeader(header http.Header) *secrets {
	var values []jsontext.Value
	for name, fields := range header {
		if isSecretHeader(name) {
			for _, part := range partsOfHeader(name, fields) {
				values = append(values, quoted(part))
			}
		}
	}
	if values == nil {
		return r.environment
	}
	return r.environment.with(secretsOf(values))
}

// ofInputs returns the secrets of one execution's inputs and context.
//
// They are inputs marked "secret": true, inputs named __*, and what is named like a secret among
// the undeclared inputs and in the context; value and args of an envelope.
func (r *requestSecrets) ofInputs(given map[string]jsontext.Value, context jsontext.Value) *secrets {
	var values []jsontext.Value
	for name, value := range given {
		kind := "any"
		if d := r.declared[name]; d != nil && d.Secret {
			kind = d.Type
		} else if !strings.HasPrefix(name, "__") && (d != nil || !isSecretInput(name)) {
			continue
		}
		inner, args := unwrap(value, kind)
		values = append(values, inner)
		if args != nil {
			values = append(values, args)
		}
		if other, ok := converted(inner, kind, deepestText); ok && kind != "any" {
			values = append(values, other)
		}
	}
	values = append(values, namedIn(context, 1)...)
	if len(values) == 0 {
		return noSecrets
	}
	slices.SortFunc(values, func(one, other jsontext.Value) int { return bytes.Compare(one, other) })
	return r.remember(values)
}

func (r *requestSecrets) remember(values []jsontext.Value) *secrets {
	var key strings.Builder
	for _, value := range values {
		key.Write(value)
		key.WriteByte('\n')
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	at := slices.IndexFunc(r.recent, func(one remembered) bool { return one.key == key.String() })
	if at >= 0 {
		known := r.recent[at]
		r.recent = append(slices.Delete(r.recent, at, at+1), known)
		return known.own
	}
	own := secretsOf(values)
	// What is over the bounds would take memory without bounds.
	if own.isComplete && key.Len() <= rememberedCharacters {
		r.recent = append(r.recent, remembered{key.String(), own})
		r.forget()
	}
	return own
}

func (r *requestSecrets) forget() {
	size := 0
	for at, one := range slices.Backward(r.recent) {
		size += one.own.characters + len(one.key)
		if len(r.recent)-at > rememberedExecutions || size > rememberedCharacters {
			r.recent = slices.Delete(r.recent, 0, at+1)
			return
		}
	}
}

// outsideExecutions lists what must not be in a line of which no execution is known: fmt.Println
// says nothing of its caller, and a goroutine may live on after its execution.
func (r *requestSecrets) outsideExecutions() []*secrets {
	r.lock.Lock()
	defer r.lock.Unlock()
	all := []*secrets{r.environment}
	for _, one := range r.recent {
		all = append(all, one.own)
	}
	return all
}

// namedIn lists values in the context of a request whose key says that they are secret.
func namedIn(context jsontext.Value, level int) (found []jsontext.Value) {
	for name, value := range members(context) {
		if isSecretInput(name) {
			found = append(found, value)
		} else if value.Kind() == '{' && level < deepestContext {
			found = append(found, namedIn(value, level+1)...)
		}
	}
	return found
}
