{{/* Names and labels. */}}
{{- define "bahi.selector" -}}
app.kubernetes.io/name: {{ .root.Values.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "bahi.labels" -}}
{{ include "bahi.selector" . }}
app.kubernetes.io/part-of: bahi
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* A host name that needs no search domain. */}}
{{- define "bahi.host" -}}
{{ .host }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end }}

{{- define "bahi.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The image of the new version, while a canary runs it. */}}
{{- define "bahi.canaryImage" -}}
{{ dict "repository" .Values.image.repository "tag" .Values.canary.tag "digest" .Values.canary.digest | toYaml }}
{{- end }}

{{/* The label that tells the pods of a canary from the others. */}}
{{- define "bahi.track" -}}
{{ if . }}track: canary{{ end }}
{{- end }}

{{/* Every process with its defaults, the sandbox among them, as one map. */}}
{{- define "bahi.processes" -}}
{{- $root := . -}}
{{- $all := dict -}}
{{- range $name, $process := .Values.processes -}}
{{- $_ := set $all $name (mergeOverwrite (deepCopy $root.Values.processDefaults) $process) -}}
{{- end -}}
{{- if .Values.sandbox.enabled -}}
{{- $own := dict "services" (list "sandbox") "replicas" 1 "optionalSecrets" list "autoscaling" (dict "enabled" false) -}}
{{- $settings := dict "BAHI_SANDBOX_SMTP_PORT" "2525" "BAHI_SANDBOX_SMTP_HOST" "0.0.0.0" -}}
{{- $_ := set $own "settings" $settings -}}
{{- $_ := set $all "sandbox" (mergeOverwrite (deepCopy .Values.processDefaults) $own) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end }}

{{/* Secret settings of a process, by the services that it runs: what `npm run secrets` writes, and no more. */}}
{{- define "bahi.secretNames" -}}
{{- $services := .process.services -}}
{{- $names := list "BAHI_SIGNING_KEYS" "REDIS_URL" "AMQP_URL" -}}
{{- if without $services "gateway" -}}
{{- $names = concat $names (list "BAHI_DATABASE_URLS" "BAHI_DATA_KEYS") -}}
{{- end -}}
{{- $database := .root.Values.database -}}
{{- if and $database.replicaReads (ne $database.kind "statefulset") (or (has "payment" $services) (has "audit" $services)) -}}
{{- $names = append $names "BAHI_REPLICA_URLS" -}}
{{- end -}}
{{- if has "account" $services -}}
{{- $names = concat $names (list "BAHI_PIN_KEY" "BAHI_PIN_VERIFIER_KEY" "BAHI_CODE_KEYS") -}}
{{- end -}}
{{- if or (has "account" $services) (has "payment" $services) -}}
{{- $names = append $names "BAHI_NETWORK_KEY" -}}
{{- end -}}
{{- if has "notification" $services -}}
{{- $names = append $names "BAHI_VAPID_KEY" -}}
{{- end -}}
{{- if has "audit" $services -}}
{{- $names = append $names "BAHI_AUDIT_KEY" -}}
{{- end -}}
{{- if has "sandbox" $services -}}
{{- $names = append $names "BAHI_SANDBOX_NETWORK_KEY" -}}
{{- end -}}
{{- concat $names .process.optionalSecrets | uniq | sortAlpha | toYaml -}}
{{- end }}

{{/* JSON for BAHI_SERVICE_URLS: services of other processes, at the addresses of all their pods. */}}
{{- define "bahi.serviceUrls" -}}
{{- $own := . -}}
{{- $scheme := ternary "https" "http" .root.Values.tls.enabled -}}
{{- $urls := dict -}}
{{- range $name, $process := (include "bahi.processes" .root | fromYaml) -}}
{{- $host := include "bahi.host" (dict "root" $own.root "host" (printf "%s-%s" $own.root.Values.name $name)) -}}
{{- range $service := $process.services -}}
{{- if not (has $service $own.process.services) -}}
{{- if eq $service "gateway" -}}
{{- $edge := include "bahi.host" (dict "root" $own.root "host" (printf "%s-edge" $own.root.Values.name)) -}}
{{- $_ := set $urls $service (printf "http://%s" $edge) -}}
{{- else -}}
{{- $_ := set $urls $service (printf "%s://%s:8081" $scheme $host) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $urls -}}
{{- end }}

{{- define "bahi.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "bahi.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "bahi.storage" -}}
accessModes: [ReadWriteOnce]
{{- with .class }}
storageClassName: {{ . }}
{{- end }}
resources: { requests: { storage: {{ .size }} } }
{{- end }}
