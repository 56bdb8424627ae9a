# install, try and remove Versprei in the cluster of the current context: make install test clean
# KUBECTL="kubectl --context other" chooses another one.
KUBECTL ?= kubectl

# The classic sample: 80 % on nodes labelled type=default, 20 % on nodes labelled type=spot; both have to be there.
namespace := default
deployment := nginx-deployment
label := type
seconds ?= 120

.PHONY: install test clean

install:
	$(KUBECTL) apply -k config
	$(KUBECTL) wait --for=condition=Established crd/poddistributors.versprei.versprei.io --timeout=60s

# The PodDistributor goes before the Deployment: what is created before Versprei has heard of it is not placed.
# Counted on the nodes that the pods stand on, not by what Versprei wrote on the pods.
test:
	$(KUBECTL) apply -f config/samples/nginx-deployment.yaml -f config/samples/nginx-workload.yaml
	$(KUBECTL) rollout status -n $(namespace) deployment/$(deployment) --timeout=$(seconds)s
	@printf '\n%-24s %6s %6s %7s\n' '$(label)' nodes pods share
	@{ $(KUBECTL) get nodes -o 'jsonpath={range .items[*]}node {.metadata.name} {.metadata.labels.$(label)}{"\n"}{end}' && \
	  $(KUBECTL) get pods -n $(namespace) -l app=nginx -o 'jsonpath={range .items[*]}pod {.spec.nodeName}{"\n"}{end}'; } | awk ' \
	  $$1 == "node" { group[$$2] = $$3 == "" ? "(none)" : $$3; nodes[group[$$2]]++ } \
	  $$1 == "pod" { pods[$$2 == "" ? "(pending)" : group[$$2]]++; total++ } \
	  END { for (name in pods) printf "%-24s %6d %6d %6.1f%%\n", name, nodes[name], pods[name], 100 * pods[name] / total }' | sort

# The registration goes before what it calls. With the CRD goes every PodDistributor of the cluster, the sample's and all others.
clean:
	$(KUBECTL) delete -f config/samples/nginx-workload.yaml --ignore-not-found
	$(KUBECTL) delete mutatingwebhookconfiguration versprei --ignore-not-found
	$(KUBECTL) delete -k config --ignore-not-found
