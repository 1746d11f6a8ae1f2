package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input is refused at {@code kubectl apply}, with a message that says what would be right. */
class InputIT {

    private static final String DIGEST = "0f4c2e5a7b1d6f3a9c8e0b2d4f6a8c1e3b5d7f9a0c2e4b6d8f1a3c5e7b9d0f2a";

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            version: "1.33"                                                     | spec.version in body should match
            version: v1.31.5-k3s1                                               | must be v1.32 or later
            operatingMode: Asleep                                               | Unsupported value: "Asleep"
            lifetime: {}                                                        | lifetime needs ttl or expiresAt, or one of dozeAfter
            lifetime: {expirationPolicy: Suspend}                               | lifetime.expirationPolicy needs ttl or expiresAt
            lifetime: {ttl: 8h, expiresAt: "2026-01-31T18:00:00Z"}              | lifetime takes either ttl or expiresAt, and not both
            lifetime: {dozeAfter: 9s}                                           | must be a duration from 10s to 8760h
            lifetime: {dozeAfter: soon}                                         | must be a duration from 10s to 8760h
            lifetime: {suspendAfterIdle: 2d}                                    | must be a duration from 10s to 8760h
            lifetime: {deleteAfterIdle: 59s}                                    | must be a duration from 1m to 87600h
            deletionProtection: true, lifetime: {deleteAfterIdle: 72h}          | lifetime.deleteAfterIdle would delete what deletionProtection protects
            expose: {type: Router, nodePort: {}, loadBalancer: {}}              | expose takes nodePort or loadBalancer, and not both
            expose: {type: ClusterIP, nodePort: {}}                             | expose.nodePort is only for
            lifetime: {ttl: 8}                                                  | must be of type string
            lifetime: {ttl: 8 hours}                                            | must be a duration from 1m to 87600h, such as 8h or 90m
            lifetime: {ttl: 1d}                                                 | must be a duration from 1m to 87600h, such as 8h or 90m
            lifetime: {ttl: 59s}                                                | must be a duration from 1m to 87600h, such as 8h or 90m
            lifetime: {ttl: -1h}                                                | must be a duration from 1m to 87600h, such as 8h or 90m
            lifetime: {expiresAt: tomorrow}                                     | lifetime.expiresAt in body must be of type date-time
            lifetime: {ttl: 8h, expirationPolicy: Retain}                       | Unsupported value: "Retain"
            maintenanceWindow: {}                                               | startTime: Required value
            maintenanceWindow: {startTime: "3:00", duration: 2h}                | must be a time of day, such as 03:00
            maintenanceWindow: {startTime: "24:00", duration: 2h}               | must be a time of day, such as 03:00
            maintenanceWindow: {startTime: "03:00", duration: 10m}              | must be a duration from 30m to 24h, such as 2h
            maintenanceWindow: {startTime: "03:00", duration: 2h, days: []}     | should have at least 1 items
            maintenanceWindow: {startTime: "03:00", duration: 2h, days: [Sun]}  | Unsupported value: "Sun"
            maintenanceWindow: {startTime: "03:00", duration: 2h, timeZone: Berlin} | must be UTC, or a name of the IANA
            maintenanceWindow: {startTime: "03:00", duration: 2h, timeZone: Nowhere/Atlantis} | timeZone
            deletionProtection: "yes"                                           | must be of type boolean
            deletionProtection: true, lifetime: {ttl: 8h}                       | lifetime would delete what deletionProtection protects
            controlPlane: {image: "Not An Image"}                               | must be an image reference
            controlPlane: {image: "rancher/k3s:"}                               | must be an image reference
            controlPlane: {resources: {limits: {memory: 12Qx}}}                 | must be quantities
            controlPlane: {resources: {requests: {cpu: "lots"}}}                | must be quantities
            controlPlane: {runtimeClassName: "No_Name"}                         | runtimeClassName in body should match
            controlPlane: {extraArgs: ["--data-dir=/x"]}                        | the operator manages these flags itself: --advertise-address
            controlPlane: {extraArgs: ["--d=/x"]}                               | the operator manages these flags itself
            controlPlane: {extraArgs: ["--token=x"]}                            | the operator manages these flags itself
            controlPlane: {extraArgs: ["--tls-san=x"]}                          | --tls-san (use tlsSANs)
            controlPlane: {extraArgs: ["--supervisor-port=6443"]}               | --supervisor-port
            controlPlane: {extraArgs: ["--apiserver-port=6444"]}                | --apiserver-*
            controlPlane: {extraArgs: ["--apiserver-bind-address=127.0.0.1"]}   | --apiserver-*
            controlPlane: {extraArgs: ["--supervisor-metrics"]}                 | --supervisor-metrics
            controlPlane: {extraArgs: ["--https-listen-port=1"]}                | the operator manages these flags itself
            controlPlane: {extraArgs: ["--disable-agent=false"]}                | the operator manages these flags itself
            controlPlane: {extraArgs: ["-d /x"]}                                | write each flag as one item
            controlPlane: {extraArgs: ["--token", "x"]}                         | write each flag as one item
            controlPlane: {extraArgs: ["--kube-apiserver-arg=anonymous-auth=true"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=--client-ca-file=/x"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=authentication-config+=/x"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=authentication-config-=/x"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=authentication_config=/x"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-controller-arg=kubeconfig=/x"]}  | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=endpoint-reconciler-type=lease"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=service-cluster-ip-range=10.0.0.0/16"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg=egress-selector-config-file=/x"]} | manages these component arguments itself
            controlPlane: {extraArgs: ["--kube-apiserver-arg", "--anonymous-auth=true"]} | write each argument of a component as one item
            controlPlane: {extraArgs: ["--kube-apiserver-arg=$(X)"], env: [{name: X, value: anonymous-auth=true}]} | Kubernetes would replace $(NAME)
            controlPlane: {extraArgs: ["--kube-apiserver-arg=$$$(X)"]}          | Kubernetes would replace $(NAME)
            controlPlane: {env: [{name: A, value: "$(HOME)"}]}                  | Kubernetes would replace $(NAME)
            controlPlane: {extraArgs: ["--kube-apiserver-arg=oidc-issuer-url=https://a.example.com"]} | use authentication.jwt
            controlPlane: {extraArgs: ["--kube-apiserver-arg=--oidc_client_id=a"]} | use authentication.jwt
            controlPlane: {extraArgs: ["--service-cidr=10.60.0.0/16"]}          | --service-cidr (use network.serviceCIDR)
            controlPlane: {extraArgs: ["--cluster-cidr=10.60.0.0/16"]}          | --cluster-cidr (use network.podCIDR)
            controlPlane: {extraArgs: ["--cluster-domain=a.example.com"]}       | --cluster-domain (use network.clusterDomain)
            controlPlane: {extraArgs: ["--flannel-backend=vxlan"]}              | --flannel-backend (use network.flannelBackend)
            controlPlane: {extraArgs: ["--cluster-dns=10.53.0.11"]}             | the operator manages these flags itself
            controlPlane: {extraArgs: ["--egress-selector-mode=agent"]}         | the operator manages these flags itself
            controlPlane: {extraArgs: ["--supervisor-port=6443"]}               | the operator manages these flags itself
            controlPlane: {extraArgs: ["--node-external-ip=192.0.2.1"]}         | the operator manages these flags itself
            controlPlane: {nodeSelector: {"a b": c}}                            | must be labels
            controlPlane: {tolerations: [{operator: In}]}                       | supported values: "Exists", "Equal"
            controlPlane: {podMetadata: {labels: {sandboxcluster.dev/name: x}}} | the operator and the StatefulSet set these labels
            controlPlane: {podMetadata: {labels: {app.kubernetes.io/managed-by: x}}} | the operator and the StatefulSet set these labels
            controlPlane: {podMetadata: {labels: {a: "b c"}}}                   | must be labels
            controlPlane: {podMetadata: {annotations: {sandboxcluster.dev/x: y}}} | are not yours to set
            controlPlane: {podMetadata: {annotations: {container.apparmor.security.beta.kubernetes.io/k3s: unconfined}}} | that loosen gVisor
            controlPlane: {podMetadata: {annotations: {dev.gvisor.flag.network: host}}} | that loosen gVisor
            controlPlane: {podMetadata: {annotations: {"a b": y}}}              | must be annotations
            controlPlane: {securityContext: {runAsUser: 0}}                     | should be greater than or equal to 1
            controlPlane: {securityContext: {privileged: true}}                 | unknown field
            controlPlane: {imagePullSecrets: [{name: "No_Name"}]}               | name in body should match
            controlPlane: {priorityClassName: "No_Name"}                        | priorityClassName in body should match
            controlPlane: {files: [{mountPath: /data, configMap: {name: a}}]}   | must not hide what the control plane needs
            controlPlane: {files: [{mountPath: /data/audit, configMap: {name: a}}]} | must not hide what the control plane needs
            controlPlane: {files: [{mountPath: /etc, configMap: {name: a}}]}    | must not hide what the control plane needs
            controlPlane: {files: [{mountPath: /etc/sandboxcluster, configMap: {name: a}}]} | must not hide what the control plane needs
            controlPlane: {files: [{mountPath: /a/../data, configMap: {name: a}}]} | mountPath in body should match
            controlPlane: {files: [{mountPath: relative, configMap: {name: a}}]} | mountPath in body should match
            controlPlane: {files: [{mountPath: /a, configMap: {name: a}}, {mountPath: /a, secret: {name: a}}]} | Duplicate value
            controlPlane: {files: [{mountPath: /a, configMap: {name: a}}, {mountPath: /a/b, secret: {name: a}}]} | no mountPath may be within another
            controlPlane: {files: [{mountPath: /a}]}                            | either a configMap or a secret
            controlPlane: {files: [{mountPath: /a, configMap: {name: a}, secret: {name: a}}]} | either a configMap or a secret
            controlPlane: {files: [{mountPath: /a, secret: {name: other-pki}}]} | hold the CA keys of sandboxes
            kubeconfig: {additional: [{name: No_Name}]}                         | name in body should match
            kubeconfig: {additional: [{name: a}, {name: a}]}                    | Duplicate value
            kubeconfig: {additional: [{name: a, user: "system:admin"}]}         | are Kubernetes's and the operator's own
            kubeconfig: {additional: [{name: a, user: ""}]}                     | at least 1 chars long
            kubeconfig: {additional: [{name: a, groups: ["system:masters"]}]}   | are Kubernetes's and the operator's own
            kubeconfig: {additional: [{name: a, groups: ["sandboxcluster:admins"]}]} | are Kubernetes's and the operator's own
            kubeconfig: {additional: [{name: a, groups: [b, b]}]}               | Duplicate value
            kubeconfig: {additional: [{name: a, lifetime: 1m}]}                 | must be a duration from 10m to 8760h
            kubeconfig: {additional: [{name: a, lifetime: soon}]}               | must be a duration from 10m to 8760h
            expose: {type: LoadBalancer, loadBalancer: {annotations: {"a b": c}}} | must be annotations
            expose: {type: LoadBalancer, loadBalancer: {sourceRanges: [192.0.2.1]}} | must be an address range
            expose: {type: LoadBalancer, loadBalancer: {sourceRanges: [192.0.2.1/24]}} | must be an address range
            expose: {type: LoadBalancer, loadBalancer: {externalTrafficPolicy: Some}} | supported values: "Cluster", "Local"
            expose: {type: NodePort, loadBalancer: {sourceRanges: [192.0.2.0/24]}} | expose.loadBalancer is only for expose.type LoadBalancer
            controlPlane: {env: [{name: K3S_TOKEN, value: x}]}                  | HOME, PATH and K3S_* are managed by the operator
            controlPlane: {env: [{name: "A B", value: x}]}                      | name in body should match
            controlPlane: {disable: [everything]}                               | supported values: "coredns"
            controlPlane: {enable: [traefik]}                                   | supported values: "metrics-server"
            controlPlane: {enable: [metrics-server]}                            | needs k3s agents as workers
            controlPlane: {enable: [metrics-server]}, workers: {external: {enabled: true, bootstrap: KubeletTLS}}, storage: {type: Persistent}, expose: {type: LoadBalancer} | needs k3s agents as workers
            controlPlane: {enable: [metrics-server], disable: [metrics-server]} | name the same component
            authentication: {jwt: [{issuer: {url: "http://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | must be an https URL
            authentication: {jwt: [{issuer: {url: "https://u:p@a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | must be an https URL
            authentication: {jwt: [{issuer: {url: "https://a.example.com/?a=b", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | must be an https URL
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: []}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | should have at least 1 items
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a, b]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | audienceMatchPolicy must be MatchAny
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a], discoveryURL: "https://a.example.com/"}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | must be another URL than issuer.url
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a], certificateAuthority: x}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | must be CA certificates in PEM form
            authentication: {jwt: [{issuer: {url: "https://kubernetes.default.svc.cluster.local", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | that of the cluster's own service accounts
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {}}}]} | either a claim or an expression
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub}}}]} | prefix goes with claim
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {expression: claims.sub, prefix: a}}}]} | prefix goes with claim
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: "", expression: claims.sub}}}]} | not both
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}, extra: [{key: team, valueExpression: a}]}}]} | must be a DNS name, a slash and a name
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}, extra: [{key: a.k8s.io/team, valueExpression: a}]}}]} | Kubernetes' own
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}, claimValidationRules: [{claim: a, message: b}]}]} | requiredValue goes with claim
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}, claimValidationRules: [{claim: a, requiredValue: b}, {claim: a, requiredValue: c}]}]} | about the same claim
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}, userValidationRules: [{expression: a}, {expression: a}]}]} | Duplicate value
            authentication: {jwt: [{issuer: {url: "https://a.example.com", audiences: [a]}, claimMappings: {username: {claim: sub, prefix: ""}}}, {issuer: {url: "https://a.example.com", audiences: [b]}, claimMappings: {username: {claim: sub, prefix: ""}}}]} | have the same issuer.url
            tlsSANs: ["*.example.com"]                                          | k3s drops wildcard names
            tlsSANs: ["https://example.com"]                                    | must be a DNS name or an IP address
            storage: {type: Forever}                                            | supported values: "Ephemeral", "Persistent"
            storage: {type: Ephemeral, size: 1Gi}                               | only for storage.type Persistent
            storage: {storageClassName: fast}                                   | only for storage.type Persistent
            storage: {type: Persistent, size: big}                              | must be a quantity, such as 2Gi
            storage: {type: Persistent, size: "0"}                              | must be a quantity, such as 2Gi
            storage: {type: Persistent, storageClassName: "No Class"}           | storageClassName in body should match
            storage: {type: Persistent, retentionPolicy: Maybe}                 | supported values: "Delete", "Retain"
            network: {podCIDR: 10.60.1.0/16}                                    | must be an IPv4 range of /8 to /22
            network: {podCIDR: "fd00::/48"}                                     | must be an IPv4 range of /8 to /22
            network: {serviceCIDR: 10.60.0.0/28}                                | must be an IPv4 range of /12 to /24
            network: {podCIDR: 10.53.0.0/17}                                    | overlap
            network: {serviceCIDR: 10.52.128.0/20}                              | overlap
            network: {clusterDomain: "Cluster.local"}                           | must be a DNS name in small letters
            network: {clusterDomain: "cluster.local."}                          | must be a DNS name in small letters
            network: {clusterDomain: "10.0.0.1"}                                | must be a DNS name in small letters
            expose: {type: Ingress}                                             | supported values: "ClusterIP", "LoadBalancer", "NodePort"
            expose: {type: NodePort, loadBalancer: {loadBalancerClass: a}}      | expose.loadBalancer is only for expose.type LoadBalancer
            network: {flannelBackend: udp}                                      | supported values: "host-gw", "none", "vxlan"
            workers: {simulated: {}}                                            | spec.workers.simulated.count: Required value
            workers: {simulated: {count: 0}}                                    | should be greater than or equal to 1
            workers: {simulated: {count: 1001}}                                 | should be less than or equal to 1000
            workers: {simulated: {count: 1, capacity: {cpu: 0}}}                | must be quantities of more than 0
            workers: {simulated: {count: 1, capacity: {cpu: "-1"}}}             | must be quantities of more than 0
            workers: {simulated: {count: 1, capacity: {memory: lots}}}          | must be quantities of more than 0
            workers: {simulated: {count: 1, capacity: {"a b": 1}}}              | must be names of resources
            workers: {simulated: {count: 1, labels: {"a b": c}}}                | must be labels
            workers: {simulated: {count: 1, labels: {sandboxcluster.dev/simulated: "false"}}} | are the operator's
            workers: {simulated: {count: 1, labels: {kubernetes.io/hostname: a}}} | are the operator's
            workers: {simulated: {count: 1, taints: [{key: a, effect: Never}]}} | supported values: "NoSchedule"
            workers: {simulated: {count: 1, taints: [{key: a}]}}                | taints[0].effect: Required value
            workers: {simulated: {count: 1, architecture: riscv64}}             | Unsupported value: "riscv64"
            workers: {simulated: {count: 1, webhookFailurePolicy: Fail}}        | Unsupported value: "Fail"
            workers: {hosted: {}}                                               | spec.workers.hosted.count: Required value
            workers: {hosted: {count: -1}}                                      | should be greater than or equal to 0
            workers: {hosted: {count: 101}}                                     | should be less than or equal to 100
            workers: {hosted: {count: 1, runtimeClassName: "No_Name"}}          | runtimeClassName in body should match
            workers: {hosted: {count: 1, resources: {limits: {cpu: 1}}}}        | needs limits.memory of 512Mi or more
            workers: {hosted: {count: 1, resources: {limits: {memory: 256Mi}}}} | needs limits.memory of 512Mi or more
            workers: {hosted: {count: 1, storage: {size: 0}}}                   | storage.size
            workers: {hosted: {count: 1, labels: {kubernetes.io/hostname: a}}}  | are not yours to set
            workers: {hosted: {count: 1, taints: [{key: a, effect: Never}]}}    | supported values: "NoSchedule"
            workers: {hosted: {count: 1}}, lifetime: {dozeAfter: 10m}           | dozeAfter can't be had with workers.hosted
            workers: {hosted: {count: 1}, external: {enabled: true, bootstrap: KubeletTLS}}, storage: {type: Persistent}, expose: {type: LoadBalancer} | workers.hosted are k3s agents
            workers: {hosted: {count: 1}, external: {enabled: true, groups: [{name: hosted}]}}, storage: {type: Persistent}, expose: {type: LoadBalancer} | no group of that name
            workers: {hosted: {count: 1, publish: [{name: web}]}}               | publish[0].service: Required value
            workers: {hosted: {count: 1, publish: [{service: {name: web, port: 80}}]}} | publish[0].name: Required value
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: web}}]}} | service.port: Required value
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: web, port: 0}}]}} | should be greater than or equal to 1
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: web, port: http}}]}} | must be of type integer
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: a/b, port: 80}}]}} | service.name in body should match
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: web, port: 80, namespace: A}}]}} | service.namespace in body should match
            workers: {hosted: {count: 1, publish: [{name: a.b, service: {name: web, port: 80}}]}} | publish[0].name in body should match
            workers: {hosted: {count: 1, publish: [{name: of-nineteen-letters, service: {name: web, port: 80}}]}} | Too long: may not be
            workers: {hosted: {count: 1, publish: [{name: workers, service: {name: web, port: 80}}]}} | must not be workers
            workers: {hosted: {count: 1, egress: All}} | supported values: "Internet", "None"
            workers: {hosted: {count: 1, publish: [{name: web, type: NodePort, service: {name: web, port: 80}}]}} | supported values: "ClusterIP", "Ingress", "LoadBalancer"
            workers: {hosted: {count: 1, publish: [{name: web, type: Ingress, service: {name: web, port: 80}}]}} | type Ingress needs ingress.host
            workers: {hosted: {count: 1, publish: [{name: web, ingress: {host: a.example.com}, service: {name: web, port: 80}}]}} | no other type takes ingress
            workers: {hosted: {count: 1, publish: [{name: web, type: Ingress, ingress: {host: 192.0.2.1}, service: {name: web, port: 80}}]}} | an Ingress has no address
            workers: {hosted: {count: 1, publish: [{name: web, type: Ingress, ingress: {host: A.example.com}, service: {name: web, port: 80}}]}} | ingress.host in body should match
            workers: {hosted: {count: 1, publish: [{name: web, type: Ingress, ingress: {host: "*.example.com"}, service: {name: web, port: 80}}]}} | ingress.host in body should match
            workers: {hosted: {count: 1, publish: [{name: web, service: {name: a, port: 80}}, {name: web, service: {name: b, port: 80}}]}} | Duplicate value
            workers: {hosted: {count: 1}}, kubeconfig: {secretName: demo-workers} | nor <name>-workers
            workers: {external: {}}                                             | spec.workers.external.enabled: Required value
            workers: {external: {enabled: true}}                                | needs storage.type Persistent
            workers: {external: {enabled: true}}, storage: {type: Persistent}   | needs expose.type NodePort or LoadBalancer
            workers: {external: {enabled: true}}, storage: {type: Persistent}, expose: {type: NodePort} | needs expose.nodePort.hostName
            workers: {external: {enabled: true}}, storage: {type: Persistent}, expose: {type: NodePort, nodePort: {hostName: a.example.com}} | the IPv4 address at which machines reach
            workers: {external: {enabled: true, bootstrap: KubeletTLS}}, network: {flannelBackend: vxlan}, storage: {type: Persistent}, expose: {type: LoadBalancer} | you bring the CNI
            workers: {external: {enabled: false, tokenTTL: soon}}               | must be a duration from 1m to 8760h
            workers: {external: {enabled: false, tokenTTL: 5s}}                 | must be a duration from 1m to 8760h
            workers: {external: {enabled: false, drainTimeout: 25h}}            | must be a duration from 1s to 24h
            workers: {external: {enabled: false, groups: [{name: A}]}}          | groups[0].name in body should match
            workers: {external: {enabled: false, groups: [{name: a}, {name: a}]}} | Duplicate value
            workers: {external: {enabled: false, groups: [{name: a, labels: {"kubernetes.io/x": y}}]}} | are not yours to set
            workers: {external: {enabled: false, groups: [{name: a, labels: {"a b": y}}]}} | must be labels
            workers: {external: {enabled: false, groups: [{name: a, labels: {"a..b/c": y}}]}} | must be labels
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: "a b", effect: NoExecute}]}]}} | taints[0].key in body should match
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: "-a.io/b", effect: NoExecute}]}]}} | taints[0].key in body should match
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: "", effect: NoExecute}]}]}} | taints[0].key in body should match
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: a, value: "b c", effect: NoExecute}]}]}} | taints[0].value in body should match
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: a, value: b, effect: NoExecute}, {key: a, effect: NoExecute}]}]}} | Duplicate value
            workers: {external: {enabled: false, groups: [{name: a, taints: [{key: a, effect: Never}]}]}} | supported values: "NoSchedule"
            expose: {type: ClusterIP, nodePort: {port: 30000}}                  | expose.nodePort is only for expose.type NodePort
            expose: {type: NodePort, nodePort: {port: 70000}}                   | should be less than or equal to 65535
            expose: {type: NodePort, nodePort: {hostName: "a b"}}               | must be a DNS name or an IP address
            kubeconfig: {secretName: demo-pki}                                  | must not be <name>-pki
            kubeconfig: {secretName: demo-join-gpu}                             | nor begin with <name>-join
            kubeconfig: {contextName: "a b"}                                    | contextName in body should match
            kubeconfig: {labels: {"a b": c}}                                    | must be labels
            kubeconfig: {labels: {a: "b c"}}                                    | must be labels
            kubeconfig: {labels: {sandboxcluster.dev/name: x}}                  | are not yours to set
            kubeconfig: {labels: {app.kubernetes.io/managed-by: x}}             | are not yours to set
            kubeconfig: {labels: {argocd.argoproj.io/secret-type: cluster}}     | for Argo CD there is outputs.argoCD
            kubeconfig: {secretName: demo-argocd}, outputs: {argoCD: {enabled: true}} | must not be <name>-argocd
            outputs: {argoCD: {enabled: true, endpoint: External}}              | supported values: "Internal", "Published"
            outputs: {argoCD: {enabled: true, namespace: "Argo CD"}}            | namespace in body should match
            outputs: {argoCD: {enabled: true, namespace: argocd, endpoint: Published}} | leave out namespace
            outputs: {argoCD: {enabled: true, project: "Team A"}}               | project in body should match
            outputs: {argoCD: {enabled: true, project: ""}}                     | project in body should match
            outputs: {argoCD: {enabled: true, labels: {argocd.argoproj.io/secret-type: repository}}} | labels of sandboxcluster.dev, app.kubernetes.io and Argo CD
            outputs: {argoCD: {enabled: true, labels: {app.kubernetes.io/instance: x}}} | labels of sandboxcluster.dev, app.kubernetes.io and Argo CD
            outputs: {argoCD: {enabled: true, labels: {applications.argoproj.io/app-name: x}}} | labels of sandboxcluster.dev, app.kubernetes.io and Argo CD
            outputs: {argoCD: {enabled: true, labels: {sandboxcluster.dev/namespace: prod}}} | labels of sandboxcluster.dev, app.kubernetes.io and Argo CD
            outputs: {argoCD: {enabled: true, labels: {"a b": c}}}              | must be labels
            outputs: {caConfigMap: {enabled: true, name: demo-config}}          | must be none of <name>-config, <name>-simulation and
            outputs: {caConfigMap: {enabled: true, name: demo-simulation}}      | must be none of <name>-config, <name>-simulation and
            outputs: {caConfigMap: {enabled: true, name: No_Name}}              | name in body should match
            outputs: {argoCD: {}}                                               | spec.outputs.argoCD.enabled: Required value
            outputs: {caConfigMap: {}}                                          | spec.outputs.caConfigMap.enabled: Required value
            bootstrap: {manifests: [{}]}                                        | exactly one of configMap, secret and inline
            bootstrap: {manifests: [{inline: a, configMap: {name: a}}]}         | exactly one of configMap, secret and inline
            bootstrap: {manifests: [{inline: ""}]}                              | should be at least 1 chars long
            bootstrap: {manifests: [{configMap: {key: a}}]}                     | configMap.name: Required value
            bootstrap: {manifests: [{configMap: {name: No_Name}}]}              | name in body should match
            bootstrap: {manifests: [{configMap: {name: a, key: "a/b"}}]}        | key in body should match
            bootstrap: {manifests: [{secret: {name: demo-pki}}]}                | Secrets whose names end in -pki hold the CA keys
            bootstrap: {manifests: [{file: a}]}                                 | unknown field
            bootstrap: {charts: [{configMap: {name: a, key: b}}]}               | name: Required value
            bootstrap: {charts: [{name: Web, configMap: {name: a, key: b}}]}    | name in body should match
            bootstrap: {charts: [{name: web}]}                                  | exactly one of configMap, secret and oci
            bootstrap: {charts: [{name: web, oci: "oci://a/b", secret: {name: a, key: b}}]} | exactly one of configMap, secret and oci
            bootstrap: {charts: [{name: web, configMap: {name: a}}]}            | configMap.key: Required value
            bootstrap: {charts: [{name: web, secret: {name: demo-pki, key: a}}]} | Secrets whose names end in -pki hold the CA keys
            bootstrap: {charts: [{name: web, oci: "https://a/b"}]}              | oci in body should match
            bootstrap: {charts: [{name: web, oci: "oci://a/b", valuesFrom: [{}]}]} | each of valuesFrom has exactly one
            bootstrap: {charts: [{name: web, oci: "oci://a/b", valuesFrom: [{secret: {name: a-pki, key: b}}]}]} | Secrets whose names end in -pki hold the CA keys
            bootstrap: {charts: [{name: web, configMap: {name: a, key: b}, version: "1"}]} | a packed chart has its own
            bootstrap: {charts: [{name: web, oci: "oci://a/b"}, {name: web, oci: "oci://a/c", namespace: default}]} | Duplicate value
            outputs: {flux: {}}                                                 | unknown field "spec.outputs.flux"
            surprise: 1                                                         | unknown field "spec.surprise"
            """)
    void refused(String spec, String message) {
        assertThatThrownBy(() -> apply("demo", spec)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: v1.34.1-k3s1",
                "version: v1.33.5-rc1-k3s1",
                "controlPlane: {image: 'registry.example.com:5000/a/k3s@sha256:"
                        + "0f4c2e5a7b1d6f3a9c8e0b2d4f6a8c1e3b5d7f9a0c2e4b6d8f1a3c5e7b9d0f2a'}",
                "controlPlane: {runtimeClassName: ''}",
                "controlPlane: {resources: {requests: {cpu: 1, memory: 512Mi}, limits: {cpu: 1500m}}}",
                "controlPlane: {extraArgs: [--secrets-encryption, '--kube-apiserver-arg=max-requests-inflight=100']}",
                "controlPlane: {extraArgs: ['--kube-apiserver-arg=feature-gates+=A=true', '--service-node-port-range=1-2']}",
                "controlPlane: {extraArgs: [--debug], env: [{name: TZ, value: '5$$ (a)'}]}",
                "network: {clusterDomain: sandbox-1.example.com}",
                "network: {clusterDomain: a.example.com}, authentication: {jwt: [{issuer: {audiences: [a], url:"
                        + " 'https://kubernetes.default.svc.cluster.local'}, claimMappings: {username: {claim: sub,"
                        + " prefix: 'host:'}}}]}",
                "authentication: {jwt: [{issuer: {url: 'https://a.example.com/b', audiences: [a, b],"
                        + " audienceMatchPolicy: MatchAny}, claimMappings: {username: {expression: claims.sub}, groups:"
                        + " {claim: g, prefix: ''}, extra: [{key: a.example.com/team, valueExpression: claims.t}]},"
                        + " userValidationRules: [{expression: 'true'}]}]}",
                "controlPlane: {tolerations: [{operator: Exists}], nodeSelector: {a: b}}",
                "controlPlane: {podMetadata: {labels: {team: a}, annotations: {cluster-autoscaler.kubernetes.io/safe-to-evict:"
                        + " 'false', linkerd.io/inject: disabled}}}",
                "controlPlane: {securityContext: {runAsUser: 1000680000, runAsGroup: 0, fsGroup: 1000680000}}",
                "controlPlane: {files: [{mountPath: /etc/audit, configMap: {name: a}}, {mountPath: /etc/audit-log, secret: {name: b}}]}",
                "controlPlane: {priorityClassName: high, imagePullSecrets: [{name: a}], affinity: {nodeAffinity:"
                        + " {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a,"
                        + " operator: In, values: [b]}]}]}}}, topologySpreadConstraints: [{maxSkew: 1, topologyKey: a,"
                        + " whenUnsatisfiable: DoNotSchedule}]}",
                "expose: {type: LoadBalancer, loadBalancer: {sourceRanges: [192.0.2.0/24, '2001:db8::/32'],"
                        + " externalTrafficPolicy: Local}}",
                "expose: {type: NodePort, nodePort: {hostName: 2001:db8::1}}",
                "tlsSANs: [10.0.0.1, example.com]",
                "storage: {type: Ephemeral}",
                "storage: {type: Persistent}",
                "storage: {type: Persistent, size: 500M, storageClassName: fast.one, retentionPolicy: Retain}",
                "expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b, annotations: {a: b}}}",
                "controlPlane: {enable: [metrics-server], disable: [traefik]}, workers: {external: {enabled: true}},"
                        + " storage: {type: Persistent}, expose: {type: LoadBalancer}",
                "workers: {external: {enabled: true, tokenTTL: 1h30m, removeNotReadyAfter: 30m, groups: [{name: gpu,"
                        + " maxNodes: 3, labels: {a: b, node-restriction.kubernetes.io/x: y},"
                        + " taints: [{key: a, effect: NoExecute}, {key: a.io/B_c, value: D.e, effect: NoSchedule}]}]}},"
                        + " storage: {type: Persistent},"
                        + " expose: {type: NodePort, nodePort: {hostName: 10.0.0.1}}",
                "workers: {simulated: {count: 1}}",
                "workers: {hosted: {count: 0}}",
                "workers: {hosted: {count: 100, runtimeClassName: '', resources: {limits: {memory: 1Gi}}, storage: {size:"
                        + " 20Gi, storageClassName: fast}, labels: {node-restriction.kubernetes.io/a: b}, taints: [{key: a,"
                        + " effect: NoExecute}], nodeSelector: {a: b}, tolerations: [{operator: Exists}]}, simulated:"
                        + " {count: 1}, external: {enabled: true}}, storage: {type: Persistent}, expose: {type:"
                        + " LoadBalancer}, lifetime: {dozeAfter: 0s}",
                "workers: {hosted: {count: 1, publish: [{name: of-eighteen-letter, service: {name: web, port: 65535}}, {name:"
                        + " '9', type: LoadBalancer, service: {namespace: shop, name: web, port: 443}}]}}",
                "workers: {hosted: {count: 1}}, controlPlane: {enable: [metrics-server]}",
                "workers: {simulated: {count: 1000, capacity: {cpu: 2, memory: 500M, example.com/gpu: '8'}, labels:"
                        + " {topology.kubernetes.io/zone: a, node-role.kubernetes.io/worker: ''}, taints: [{key: a,"
                        + " effect: NoExecute}], architecture: arm64, webhookFailurePolicy: Ignore}}",
                "workers: {simulated: {count: 1, webhookFailurePolicy: AsWritten}}",
                "outputs: {argoCD: {enabled: true}, caConfigMap: {enabled: true}}",
                "bootstrap: {}",
                "bootstrap: {manifests: []}",
                "bootstrap: {charts: [{name: web, oci: 'oci://ghcr.io/example/charts/web', version: 1.2.3+a}]}",
                "bootstrap: {charts: [{name: web, values: 'a: b', oci: 'oci://a:5000/b@sha256:" + DIGEST + "'}]}",
                "bootstrap: {charts: [{name: web, configMap: {name: a, key: b.tgz}},"
                        + " {name: web, namespace: b, secret: {name: a, key: b.tgz}, valuesFrom: [{configMap: {name: a, key: b}}]}]}",
                "bootstrap: {manifests: [{inline: a}, {configMap: {name: a.b}}, {secret: {name: a, key: b.yaml}}]}",
                "outputs: {argoCD: {enabled: true, endpoint: Published, project: team-a.one, labels: {env: preview,"
                        + " argocd.argoproj.io/auto-label-cluster-info: 'true'}}, caConfigMap: {enabled: true, name: trust.one}}",
                "kubeconfig: {secretName: demo-argocd, labels: {cluster.x-k8s.io/cluster-name: demo}}",
                "network: {podCIDR: 10.0.0.0/8, serviceCIDR: 172.20.0.0/24}"
            })
    void accepted(String spec) {
        assertThatCode(() -> apply("demo", spec)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1demo", "demo.one", "a23456789-123456789-123456789-123456789-123456789-123"})
    void namesThatNoServiceCanHave(String name) {
        assertThatThrownBy(() -> apply(name, "tlsSANs: []")).hasMessageContaining("must be a DNS label");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kubeconfig: {secretName: mine}                | kubeconfig: {secretName: other}                       | secretName cannot be changed
            storage: {type: Persistent}                   | storage: {type: Ephemeral}                            | spec.storage.type cannot be changed
            tlsSANs: []                                   | storage: {type: Persistent}                           | spec.storage.type cannot be changed
            storage: {type: Persistent}                   | storage: {type: Persistent, storageClassName: other}  | storageClassName cannot be changed
            storage: {type: Persistent}                   | storage: {type: Persistent, size: 2G}                 | spec.storage.size cannot shrink
            network: {podCIDR: 10.60.0.0/16}              | network: {podCIDR: 10.61.0.0/16}                      | cannot be changed
            tlsSANs: []                                   | network: {serviceCIDR: 10.61.0.0/16}                  | cannot be changed
            tlsSANs: []                                   | network: {clusterDomain: a.example.com}               | clusterDomain cannot be changed
            network: {clusterDomain: a.example.com}       | tlsSANs: []                                           | clusterDomain cannot be changed
            workers: {external: {enabled: true}}, storage: {type: Persistent}, expose: {type: LoadBalancer} | workers: {external: {enabled: true, bootstrap: KubeletTLS}}, storage: {type: Persistent}, expose: {type: LoadBalancer} | bootstrap cannot be changed
            expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}} | expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/c}} | loadBalancerClass cannot be set
            expose: {type: LoadBalancer}                  | expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}} | loadBalancerClass cannot be set
            expose: {type: Router, loadBalancer: {loadBalancerClass: a.io/b}} | expose: {type: Router, loadBalancer: {loadBalancerClass: a.io/c}} | loadBalancerClass cannot be set
            expose: {type: LoadBalancer}                  | expose: {type: Router, loadBalancer: {loadBalancerClass: a.io/b}}       | loadBalancerClass cannot be set
            expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}} | expose: {type: LoadBalancer}           | loadBalancerClass cannot be set
            """)
    void changesThatCannotBeHonoured(String before, String after, String message) {
        assertThatThrownBy(() -> change(before, after)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            storage: {type: Persistent}                   | storage: {type: Persistent, size: 3Gi, retentionPolicy: Retain}
            storage: {type: Ephemeral}                    | tlsSANs: []
            network: {podCIDR: 10.60.0.0/16}              | network: {podCIDR: 10.60.0.0/16, flannelBackend: none}
            tlsSANs: []                                   | network: {clusterDomain: cluster.local}
            expose: {type: LoadBalancer}                  | expose: {type: LoadBalancer, loadBalancer: {annotations: {a: b}}}
            expose: {type: ClusterIP}                     | expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}}
            tlsSANs: []                                   | expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}}
            expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: a.io/b}} | expose: {type: NodePort}
            expose: {type: Router}                        | expose: {type: Router, loadBalancer: {loadBalancerClass: a.io/b}}
            expose: {type: Router, loadBalancer: {loadBalancerClass: a.io/b}} | expose: {type: Router}
            """)
    void changesThatCan(String before, String after) {
        assertThatCode(() -> change(before, after)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | version: v1.32.9-k3s1
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | version: v1.35.0-k3s1
            tlsSANs: []                                     | v1.33.5+k3s1 | version: v1.32.9-k3s1
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | controlPlane: {image: "a.example.com:5000/k3s:v1.32.9-k3s1"}
            controlPlane: {image: "k3s:v1.33.5-k3s1"}       | v1.33.5+k3s1 | version: v1.33.5-k3s1, controlPlane: {image: "k3s:v1.35.0-k3s1"}
            version: v1.34.1-k3s1                           | v1.33.5+k3s1 | version: v1.32.9-k3s1
            """)
    void versionsThatARunningClusterCannotGoTo(String before, String running, String after) {
        assertThatThrownBy(() -> changeRunning(before, running, after))
                .hasMessageContaining("nor skip one: Kubernetes supports neither");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | version: v1.34.1-k3s1
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | version: v1.33.4-k3s1
            version: v1.34.1-k3s1                           | v1.33.5+k3s1 | version: v1.33.5-k3s1
            version: v1.43.1-k3s1                           |              | version: v1.33.5-k3s1
            version: v1.33.5-k3s1                           | nonsense     | version: v1.35.0-k3s1
            version: v1.33.5-k3s1                           | v1.33.5+k3s1 | controlPlane: {image: "a.example.com/k3s:mine"}
            version: v1.33.5-k3s1                           | v1.35.1+k3s1 | version: v1.33.5-k3s1, tlsSANs: [a.example.com]
            """)
    void versionsThatItCan(String before, String running, String after) {
        assertThatCode(() -> changeRunning(before, running, after)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            default: 1                                              | must be of type boolean
            defaults: {version: v1.31.5-k3s1}                       | must be v1.32 or later
            defaults: {lifetime: {expiresAt: "2026-01-31T18:00:00Z"}} | defaults.lifetime takes ttl
            defaults: {lifetime: {ttl: 1d}}                         | must be a duration
            defaults: {lifetime: {ttl: 9h}}, limits: {ttl: 8h}      | defaults.lifetime.ttl is longer than limits.ttl
            defaults: {controlPlane: {enable: [metrics-server]}}    | defaults.controlPlane.enable would need workers
            defaults: {controlPlane: {image: "Not An Image"}}       | must be an image reference
            defaults: {expose: {type: NodePort, nodePort: {port: 30000}}} | only one SandboxCluster can have it
            defaults: {storage: {size: 2Gi}}                        | are only for storage.type Persistent
            defaults: {workers: {}}                                 | unknown field
            allow: {versions: ["1.33"]}                             | allow.versions[0] in body should match
            allow: {versions: [v1.33, v1.33]}                       | Duplicate value
            allow: {images: ["*"]}                                  | allow.images[0] in body should match
            allow: {runtimeClassNames: [No_Name]}                   | allow.runtimeClassNames[0] in body should match
            allow: {storageClassNames: [""]}                        | allow.storageClassNames[0] in body should match
            allow: {exposeTypes: [Ingress]}                         | Unsupported value: "Ingress"
            allow: {publishTypes: [NodePort]}                       | Unsupported value: "NodePort"
            allow: {loadBalancerClasses: ["a b"]}                   | allow.loadBalancerClasses[0] in body should match
            allow: {loadBalancerAnnotations: [""]}                  | should be at least 1 chars long
            allow: {extraArgs: [debug]}                             | allow.extraArgs[0] in body should match
            allow: {extraArgs: ["--debug=true=false"]}              | allow.extraArgs[0] in body should match
            allow: {env: [A=b]}                                     | allow.env[0] in body should match
            allow: {fields: [controlPlane.image]}                   | Unsupported value: "controlPlane.image"
            limits: {resources: {max: {memory: lots}}}              | must be quantities
            limits: {resources: {min: {memory: lots}}}              | must be quantities
            limits: {storageSize: lots}                             | must be a quantity, such as 10Gi
            limits: {maxSimulatedWorkers: -1}                       | should be greater than or equal to 0
            limits: {maxHostedWorkers: -1}                          | should be greater than or equal to 0
            limits: {hostedWorkerResources: {memory: lots}}         | must be quantities
            limits: {ttl: 1d}                                       | must be a duration from 1m to 87600h
            limits: {perNamespace: {sandboxes: -1}}                 | should be greater than or equal to 0
            limits: {perNamespace: {memory: lots}}                  | must be a quantity, such as 8Gi
            namespaceSelector: {matchExpressions: []}               | unknown field
            """)
    void classesThatAreRefused(String spec, String message) {
        assertThatThrownBy(() -> HOST.admin()
                        .resource(Serialization.unmarshal("""
                                apiVersion: sandboxcluster.dev/v1alpha1
                                kind: SandboxClusterClass
                                metadata: {name: wrong}
                                spec: {%s}
                                """.formatted(spec), GenericKubernetesResource.class))
                        .dryRun()
                        .fieldValidation(FieldValidateable.Validation.STRICT)
                        .create())
                .hasMessageContaining(message);
    }

    /** Of a cluster whose API server has reported its version. */
    private static void changeRunning(String before, String running, String after) {
        String namespace = HOST.namespace();
        GenericKubernetesResource created =
                HOST.admin().resource(resource("running", namespace, before)).create();
        created.setAdditionalProperty(
                "status", running == null ? Map.of("conditions", List.of()) : Map.of("version", running));
        GenericKubernetesResource reported = HOST.admin().resource(created).updateStatus();
        GenericKubernetesResource changed = resource("running", namespace, after);
        changed.getMetadata().setResourceVersion(reported.getMetadata().getResourceVersion());
        HOST.admin().resource(changed).update();
    }

    private static void change(String before, String after) {
        String namespace = HOST.namespace();
        var created =
                HOST.admin().resource(resource("fixed", namespace, before)).create();
        GenericKubernetesResource changed = resource("fixed", namespace, after);
        changed.getMetadata().setResourceVersion(created.getMetadata().getResourceVersion());
        HOST.admin().resource(changed).update();
    }

    private static void apply(String name, String spec) {
        HOST.admin()
                .resource(resource(name, "default", spec))
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();
    }

    private static GenericKubernetesResource resource(String name, String namespace, String spec) {
        return Serialization.unmarshal("""
                apiVersion: sandboxcluster.dev/v1alpha1
                kind: SandboxCluster
                metadata: {name: "%s", namespace: %s}
                spec: {%s}
                """.formatted(name, namespace, spec), GenericKubernetesResource.class);
    }
}
