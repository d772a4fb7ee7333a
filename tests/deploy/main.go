// Command deploy reads what people deploy with the parsers of those who will: the Helm chart with Helm's linter and template engine,
// what it renders with Kubernetes' own types (strictly: an unknown field is an error), the compose file with the compose
// specification's loader, the alert rules with Prometheus' rule parser. Nothing is installed anywhere.
//
//	deploy chart FOLDER | compose FILE | rules FILE
//
// Prints what is wrong, a line each; status 1 where there is anything.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "deploy chart FOLDER | compose FILE | rules FILE")
		os.Exit(2)
	}
	checks := map[string]func(string) (int, []error){"chart": chart, "compose": compose, "rules": rules}
	check, known := checks[os.Args[1]]
	if !known {
		fmt.Fprintln(os.Stderr, "unknown:", os.Args[1])
		os.Exit(2)
	}
	read, wrong := check(os.Args[2])
	for _, problem := range wrong {
		fmt.Println(problem)
	}
	fmt.Println(read, "read,", len(wrong), "wrong")
	if len(wrong) > 0 || read == 0 {
		os.Exit(1)
	}
}

// The chart with its own values: linted, rendered, and every object it makes.
func chart(folder string) (int, []error) {
	var wrong []error
	for _, message := range lint.All(folder, nil, "default", true).Messages {
		if message.Severity >= support.WarningSev {
			wrong = append(wrong, message)
		}
	}
	loaded, err := loader.Load(folder)
	if err != nil {
		return 0, append(wrong, err)
	}
	release := chartutil.ReleaseOptions{Name: "release", Namespace: "default", IsInstall: true, Revision: 1}
	values, err := chartutil.ToRenderValues(loaded, loaded.Values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return 0, append(wrong, err)
	}
	rendered, err := engine.Engine{Strict: true}.Render(loaded, values)
	if err != nil {
		return 0, append(wrong, err)
	}
	files := make([]string, 0, len(rendered))
	for file := range rendered {
		files = append(files, file)
	}
	sort.Strings(files)
	objects := 0
	for _, file := range files {
		read, errs := manifest(file, rendered[file])
		objects += read
		wrong = append(wrong, errs...)
	}
	return objects, wrong
}

func manifest(file, text string) (int, []error) {
	if strings.HasPrefix(filepath.Base(file), "_") || strings.TrimSpace(text) == "" {
		return 0, nil
	}
	strict := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var wrong []error
	for read := 0; ; read++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return read, wrong
		}
		if err == nil {
			_, _, err = strict.Decode(document, nil, nil)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", file, err))
			if len(document) == 0 {
				return read, wrong
			}
		}
	}
}

func compose(file string) (int, []error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithInterpolation(true), cli.WithResolvedPaths(true))
	if err != nil {
		return 0, []error{err}
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return 0, []error{err}
	}
	if err := project.CheckContainerNameUnicity(); err != nil {
		return len(project.Services), []error{err}
	}
	return len(project.Services), nil
}

func rules(file string) (int, []error) {
	groups, errs := rulefmt.ParseFile(file, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	read := 0
	if groups != nil {
		for _, group := range groups.Groups {
			read += len(group.Rules)
		}
	}
	return read, errs
}
