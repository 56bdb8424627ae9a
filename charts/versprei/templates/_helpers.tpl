{{/*
Labels and annotations of every object; given a dict of root and, optionally, component, labels and annotations of that object. Its own
come before those of the values, and what Helm and the selectors need before all.
*/}}
{{- define "versprei.metadata" -}}
{{- $root := .root -}}
{{- $fixed := dict
  "app.kubernetes.io/name" "versprei"
  "app.kubernetes.io/part-of" "versprei"
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_")) -}}
{{- with .component }}{{ $_ := set $fixed "app.kubernetes.io/component" . }}{{ end -}}
labels:
  {{- toYaml (merge $fixed (deepCopy (.labels | default dict)) (deepCopy $root.Values.commonLabels)) | nindent 2 }}
{{- with merge (dict) (deepCopy (.annotations | default dict)) (deepCopy $root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Those of the pods change with no release of the chart, so that an upgrade that changes nothing else restarts nothing. */}}
{{- define "versprei.podLabels" -}}
{{- $fixed := include "versprei.selector" . | fromYaml -}}
{{- toYaml (merge $fixed (deepCopy .Values.podLabels) (deepCopy .Values.commonLabels)) -}}
{{- end }}

{{/* The same as in config/: a Deployment that was applied from there can be taken over. */}}
{{- define "versprei.selector" -}}
app.kubernetes.io/name: versprei
{{- end }}

{{- define "versprei.image" -}}
{{- with .Values.image -}}
{{- $name := .registry | empty | ternary .repository (printf "%s/%s" (trimSuffix "/" .registry) .repository) -}}
{{- if .digest -}}
{{ $name }}@{{ .digest }}
{{- else -}}
{{ $name }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The Secret by which the replicas share what the API server trusts. */}}
{{- define "versprei.certificateSecret" -}}
{{- with .Values.certificates -}}
{{ .certManager.enabled | ternary .certManager.secretName .secretName }}
{{- end -}}
{{- end }}

{{/* The class of the pods; empty: none is named. */}}
{{- define "versprei.priorityClass" -}}
{{- with .Values.priorityClass -}}
{{ .name | default (.create | ternary "versprei" "") }}
{{- end -}}
{{- end }}

{{/* Settings of `versprei serve`, each by its variable. */}}
{{- define "versprei.env" -}}
- name: VERSPREI_CERTIFICATES
  value: /certs
- name: VERSPREI_CERTIFICATE_SECRET
  value: {{ include "versprei.certificateSecret" . | quote }}
- name: VERSPREI_LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: VERSPREI_PORT
  value: {{ .Values.ports.webhook | quote }}
- name: VERSPREI_METRICS_PORT
  value: {{ .Values.ports.metrics | quote }}
- name: VERSPREI_PEER_PORT
  value: {{ .Values.ports.peers | quote }}
- name: VERSPREI_ADOPTION
  value: {{ .Values.adoption.enabled | ternary "on" "off" | quote }}
- name: VERSPREI_DISTRIBUTOR_METRICS
  value: {{ .Values.distributorMetrics | ternary "on" "off" | quote }}
- name: VERSPREI_DRAIN
  value: {{ .Values.drain | quote }}
{{- with .Values.webhook.namespaceSelector }}
- name: VERSPREI_NAMESPACE_SELECTOR
  value: {{ toJson . | quote }}
{{- end }}
{{- with .Values.webhook.callers }}
{{- if .configMap }}
- name: VERSPREI_CLIENT_CA
  value: /callers/ca.crt
{{- with .names }}
- name: VERSPREI_CLIENT_NAME
  value: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- end }}
# In the Lease it tells the other replicas where it is reached.
- name: VERSPREI_PEER_HOST
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- end }}

{{/* What the schema cannot say. */}}
{{- define "versprei.check" -}}
{{- with .Values -}}
{{- $ports := list (.ports.webhook | int) (.ports.metrics | int) (.ports.peers | int) -}}
{{- if ne (len (uniq $ports)) 3 }}{{ fail (printf "ports: webhook, metrics and peers are %v; each needs a port of its own" (join ", " $ports)) }}{{ end -}}
{{- if and .hostNetwork (has 10250 $ports) }}{{ fail "ports: 10250 is the kubelet's on every node; choose another with hostNetwork" }}{{ end -}}
{{- if and .certificates.certManager.enabled (eq .certificates.certManager.secretName .certificates.secretName) }}
{{- fail "certificates: certManager.secretName is secretName, too; in that Secret is an authority of Versprei's own, and the two would overwrite each other" }}
{{- end -}}
{{- if and .webhook.callers.names (empty .webhook.callers.configMap) }}{{ fail "webhook.callers: names count only in certificates that are asked for; configMap is needed, too" }}{{ end -}}
{{- $own := list }}{{ range include "versprei.env" $ | fromYamlArray }}{{ $own = append $own .name }}{{ end -}}
{{- range .extraEnv }}{{ if has .name $own }}{{ fail (printf "extraEnv: %s is set by a value of this chart already" .name) }}{{ end }}{{ end -}}
{{- range .extraArgs }}{{ $flag := regexFind "^--[a-z-]+" . -}}
{{- if has (printf "VERSPREI_%s" (trimPrefix "--" $flag | upper | replace "-" "_")) $own }}
{{- fail (printf "extraArgs: %s is set by a value of this chart already" $flag) }}
{{- end }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Prometheus' labels of what the ServiceMonitor has scraped. */}}
{{- define "versprei.series" -}}
job="versprei-metrics",namespace="{{ .Release.Namespace }}"
{{- end }}
