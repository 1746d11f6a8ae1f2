{{- define "operator.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "operator.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "operator.labels" -}}
{{ include "operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{- define "router.name" -}}
{{ include "operator.name" . }}-router
{{- end -}}

{{- define "router.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-router
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "router.labels" -}}
{{ include "router.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{/*
What the names of sandboxes end with.
*/}}
{{- define "router.suffix" -}}
{{ .Values.router.domain | default "sandboxes.internal" }}
{{- end -}}

{{/*
All that the router may do: it reads where sandboxes are, and writes who uses them.
*/}}
{{- define "router.rules" -}}
- apiGroups: [sandboxcluster.dev]
  resources: [sandboxclusterroutes]
  verbs: [get, list, watch]
- apiGroups: [sandboxcluster.dev]
  resources: [sandboxclusterroutes/status]
  verbs: [patch]
{{- end -}}

{{- define "operator.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/*
CEL: what a class allows besides its default, for a message; the argument is an expression for the list.
*/}}
{{- define "operator.allowed" -}}
(['the class\'s default'] + {{ . }}).join(', ')
{{- end -}}

{{/*
CEL: the message about a field that must be as in the class's defaults.
*/}}
{{- define "operator.closed" -}}
'spec.{{ . }}: must be as in the class\'s defaults; allow.fields does not name it' + variables.ofClass
{{- end -}}

{{/*
What the operator may do to the objects in a namespace. It deletes SandboxClusters whose lifetime is over; owner
references do all other deleting.
*/}}
{{- define "operator.namespacedRules" -}}
- apiGroups: [sandboxcluster.dev]
  resources: [sandboxclusters]
  verbs: [get, list, watch, delete]
- apiGroups: [sandboxcluster.dev]
  resources: [sandboxclusters/status]
  verbs: [get, patch, update]
- apiGroups: [""]
  resources: [configmaps, persistentvolumeclaims, secrets, services]
  verbs: [get, list, watch, create, patch, update]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [get, list, watch, create, patch, update]
{{- if (.Values.router).enabled }}
- apiGroups: [sandboxcluster.dev]
  resources: [sandboxclusterroutes]
  verbs: [get, list, watch, create, patch, update]
{{- end }}
{{- if (.Values.doze).enabled }}
# To stop the processes of a control plane that nobody uses, and to let them go on.
- apiGroups: [""]
  resources: [pods/exec]
  verbs: [create, get]
{{- end }}
{{- if (((.Values.workers).hosted).ingress).hosts }}
# By which Services of sandboxes have host names of this cluster.
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, watch, create, patch, update, delete]
{{- end }}
# Each tries a new image before a running sandbox is replaced by it. The host cluster deletes them.
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, update]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
# Read: why a pod was not created, scheduled or started. Written: what happened to a SandboxCluster.
- apiGroups: [""]
  resources: [events]
  verbs: [get, list, create, patch]
{{- end -}}
