{{- define "tingjian.labels" -}}
app.kubernetes.io/name: tingjian
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "tingjian.selector" -}}
app.kubernetes.io/name: tingjian
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tingjian.mounts" -}}
- name: config
  mountPath: /etc/tingjian
- name: secrets
  mountPath: /run/secrets/tingjian
- name: data
  mountPath: /var/lib/tingjian
{{- end }}

{{- define "tingjian.volumes" -}}
- name: config
  configMap:
    name: {{ .Release.Name }}-config
- name: secrets
  secret:
    secretName: {{ .Values.secretName }}
    defaultMode: 0400
{{- end }}

{{- define "tingjian.probes" -}}
# Alive as long as it listens: a server that waits for Kafka or ClickHouse must not be restarted for it.
livenessProbe:
  tcpSocket: { port: http }
  periodSeconds: 10
readinessProbe:
  httpGet: { path: /health, port: http }
  periodSeconds: 5
  failureThreshold: 3
{{- end }}
