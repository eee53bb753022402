{{/* Settings of a process that are not secret, and the files of those that are. */}}
{{- define "bahi.settings" -}}
{{- $values := .root.Values -}}
{{- $services := .process.services -}}
{{- $settings := dict "BAHI_MODE" $values.mode "BAHI_LOG_LEVEL" $values.logLevel -}}
{{- $_ := set $settings "BAHI_DRAIN_MS" ($values.drain.drainMs | int | toString) -}}
{{- $_ := set $settings "BAHI_UNREADY_AFTER_MS" ($values.readiness.unreadyAfterMs | int | toString) -}}
{{- $_ := set $settings "BAHI_POOL_SIZE" (.process.poolSize | int | toString) -}}
{{- $_ := set $settings "BAHI_BUS_DECLARES" "false" -}}
{{- $_ := set $settings "BAHI_SERVICE_URLS" (include "bahi.serviceUrls" .) -}}
{{- range (include "bahi.secretNames" . | fromYamlArray) -}}
{{- $_ := set $settings (printf "%s_FILE" .) (printf "/etc/bahi/secrets/%s" .) -}}
{{- end -}}
{{- if $values.tls.enabled -}}
{{- $_ := set $settings "BAHI_TLS_CERT_FILE" "/etc/bahi/tls/tls.crt" -}}
{{- $_ := set $settings "BAHI_TLS_KEY_FILE" "/etc/bahi/tls/tls.key" -}}
{{- $_ := set $settings "BAHI_TLS_CA_FILE" "/etc/bahi/tls/ca.crt" -}}
{{- end -}}
{{- $authorities := list -}}
{{- if $values.tls.enabled -}}
{{- $authorities = append $authorities "/etc/bahi/tls/ca.crt" -}}
{{- if eq $values.database.kind "cloudnative-pg" -}}
{{- $authorities = append $authorities "/etc/bahi/database-ca/ca.crt" -}}
{{- end -}}
{{- end -}}
{{- range $server, $_ := (include "bahi.outsideAuthorities" . | fromYaml) -}}
{{- $authorities = append $authorities (printf "/etc/bahi/outside-ca/%s.crt" $server) -}}
{{- end -}}
{{- if $authorities -}}
{{- $_ := set $settings "BAHI_CA_FILES" (join "," $authorities) -}}
{{- end -}}
{{- if or (has "auth" $services) (has "gateway" $services) -}}
{{- $_ := set $settings "BAHI_ISSUER" $values.publicUrl -}}
{{- end -}}
{{- if and (has "account" $services) (eq $values.database.kind "cloudnative-pg") -}}
{{- $_ := set $settings "BAHI_DATABASE_STANDBYS" (sub $values.database.instances 1 | toString) -}}
{{- end -}}
{{- if has "payment" $services -}}
{{- $_ := set $settings "BAHI_PUBLIC_URL" $values.publicUrl -}}
{{- end -}}
{{- if has "gateway" $services -}}
{{- $_ := set $settings "BAHI_TRUSTED_PROXIES" $values.edge.trustedProxies -}}
{{- if $values.edge.console.enabled -}}
{{- $_ := set $settings "BAHI_CONSOLE_PORT" "8090" -}}
{{- $_ := set $settings "BAHI_CONSOLE_NETWORKS" $values.edge.console.networks -}}
{{- end -}}
{{- end -}}
{{- if and (has "gateway" $services) (include "bahi.verifiesBackups" .root) -}}
{{- $_ := set $settings "BAHI_BACKUP_STATUS" "/etc/bahi/backup-status/status.json" -}}
{{- end -}}
{{- with $values.monitoring.otlp.endpoint -}}
{{- $_ := set $settings "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}
{{- end -}}
{{- if and $values.sandbox.enabled (has "notification" $services) -}}
{{- $sandbox := include "bahi.host" (dict "root" .root "host" (printf "%s-sandbox" $values.name)) -}}
{{- $_ := set $settings "BAHI_SMTP_URL" (printf "smtp://%s:2525" $sandbox) -}}
{{- end -}}
{{- range $name, $value := merge (deepCopy .process.settings) $values.settings -}}
{{- $_ := set $settings $name (toString $value) -}}
{{- end -}}
{{- range $name, $value := $settings }}
{{ $name }}: {{ $value | quote }}
{{- end -}}
{{- end }}

{{/* Secrets with the authorities of data servers outside, by server, of those that `servers` names. */}}
{{- define "bahi.outsideAuthorities" -}}
{{- $all := dict -}}
{{- $values := .root.Values -}}
{{- range $server := .servers | default (list "database" "broker" "cache") -}}
{{- $about := get $values $server -}}
{{- if and (eq $about.kind "external") $about.external.ca.secret -}}
{{- $_ := set $all $server $about.external.ca -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end }}

{{- define "bahi.outsideVolume" -}}
{{- with (include "bahi.outsideAuthorities" . | fromYaml) }}
- name: outside-ca
  projected:
    defaultMode: 0440
    sources:
      {{- range $server, $ca := . }}
      - secret: { name: {{ $ca.secret }}, items: [{ key: {{ $ca.key }}, path: {{ $server }}.crt }] }
      {{- end }}
{{- end }}
{{- end }}
