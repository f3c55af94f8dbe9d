package io.tiphys.rules;

import static io.tiphys.rules.Written.defaulted;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.statusErrors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.NodeV1;
import io.tiphys.api.networking.v1.NetworkPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ingresses, their classes, network policies and runtime classes, in upstream's words. */
class NetworkRefusalsTest {
  private static final String PATH_SEQUENCES = "spec.rules[0].http.paths[0].path: Invalid value: ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {} # spec: Invalid value: null: either `defaultBackend` or `rules` must be specified
          {'defaultBackend':{}} # spec.defaultBackend: Invalid value: "": resource or service backend is required
          {'defaultBackend':{'service':{'name':'s','port':{'number':80}},'resource':{'kind':'K','name':'n'}}} # spec.defaultBackend: Invalid value: "": cannot set both resource and service backends
          {'defaultBackend':{'service':{'name':'s'}}} # spec.defaultBackend: Required value: port name or number is required
          {'defaultBackend':{'service':{'name':'s','port':{'number':80,'name':'http'}}}} # spec.defaultBackend: Invalid value: "": cannot set both port name & port number
          {'defaultBackend':{'service':{'name':'s','port':{'number':70000}}}} # spec.defaultBackend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive
          {'defaultBackend':{'service':{'name':'1s','port':{'number':80}}}} # spec.defaultBackend.service.name: Invalid value: "1s": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
          {'defaultBackend':{'resource':{'kind':'','name':'a/b'}}} # spec.defaultBackend.resource.kind: Required value; spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain '/'
          {'rules':[{'host':'1.2.3.4'}]} # spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address
          {'rules':[{'host':'*.*.com'}]} # spec.rules[0].host: Invalid value: "*.*.com": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
          {'rules':[{'http':{'paths':[]}}]} # spec.rules[0].http.paths: Required value
          {'rules':[{'http':{'paths':[{'path':'/'}]}}]} # spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified
          {'rules':[{'http':{'paths':[{'pathType':'Some','backend':{'service':{'name':'s','port':{'number':80}}}}]}}]} # spec.rules[0].http.paths[0].pathType: Unsupported value: "Some": supported values: "Exact", "ImplementationSpecific", "Prefix"
          {'rules':[{'http':{'paths':[{'pathType':'ImplementationSpecific','path':'a','backend':{'service':{'name':'s','port':{'number':80}}}}]}}]} # spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path
          {'rules':[{'host':'a.com'}],'ingressClassName':'A'} # spec.ingressClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
          """)
  void ingresses(String spec, String messages) {
    assertThat(String.join("; ", errors(NetworkingV1.INGRESSES, "{'spec':" + spec + "}")))
        .isEqualTo(messages.strip());
  }

  @Test
  void pathsThatMeanAnotherAreRefused() {
    String ingress =
        "{'spec':{'rules':[{'http':{'paths':[{'pathType':'Prefix','path':'%s','backend':{'service':"
            + "{'name':'s','port':{'name':'http'}}}}]}}]}}";
    assertThat(errors(NetworkingV1.INGRESSES, ingress.formatted("/a//b/..")))
        .containsExactly(
            PATH_SEQUENCES + "\"/a//b/..\": must not contain '//'",
            PATH_SEQUENCES + "\"/a//b/..\": cannot end with '/..'");
    assertThat(errors(NetworkingV1.INGRESSES, ingress.formatted("")))
        .containsExactly(PATH_SEQUENCES + "\"\": must be an absolute path");
    assertThat(errors(NetworkingV1.INGRESSES, ingress.formatted("/a"))).isEmpty();
  }

  @Test
  void anIngressIsOfOneClassWhenItIsMade() {
    String ingress =
        "{'metadata':{'annotations':{'kubernetes.io/ingress.class':'a'}},"
            + "'spec':{'ingressClassName':'b','rules':[{'host':'a.com'}]}}";
    assertThat(errors(NetworkingV1.INGRESSES, ingress))
        .containsExactly(
            "annotations.kubernetes.io/ingress.class: Invalid value: \"a\": must match"
                + " `ingressClassName` when both are specified");
    assertThat(updateErrors(NetworkingV1.INGRESSES, ingress, ingress)).isEmpty();
  }

  @Test
  void theStatusOfAnIngressHasAddresses() {
    assertThat(
            statusErrors(
                NetworkingV1.INGRESSES,
                "{'status':{'loadBalancer':{'ingress':[{'ip':'01.2.3.4'}]}}}",
                "{'status':{'loadBalancer':{'ingress':[{'ip':'01.2.3.4'},{'ip':'1'},"
                    + "{'hostname':'1.2.3.4'}]}}}"))
        .containsExactly(
            "status.loadBalancer.ingress[1].ip: Invalid value: \"1\": must be a valid IP address,"
                + " (e.g. 10.9.8.7 or 2001:db8::ffff)",
            "status.loadBalancer.ingress[2].hostname: Invalid value: \"1.2.3.4\": must be a DNS"
                + " name, not an IP address");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'ingress':[{'ports':[{'protocol':'ICMP','port':0}]}]} # spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"; spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
          {'egress':[{'ports':[{'port':80,'endPort':79}]}]} # spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`
          {'egress':[{'ports':[{'port':'http','endPort':80}]}]} # spec.egress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is non-numeric
          {'egress':[{'ports':[{'endPort':80}]}]} # spec.egress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified
          {'ingress':[{'from':[{}]}]} # spec.ingress[0].from[0]: Required value: must specify a peer
          {'ingress':[{'from':[{'podSelector':{},'ipBlock':{'cidr':'10.0.0.0/8'}}]}]} # spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer
          {'egress':[{'to':[{'ipBlock':{'cidr':''}}]}]} # spec.egress[0].to[0].ipBlock.cidr: Required value
          {'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8','except':['11.0.0.0/16','10.0.0.0/8','10.1.0.0/16']}}]}]} # spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`; spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`
          {'policyTypes':['A','B','C']} # spec.policyTypes: Invalid value: ["A","B","C"]: may not specify more than two policyTypes
          {'policyTypes':['Both']} # spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"
          """)
  void networkPolicies(String spec, String messages) {
    assertThat(String.join("; ", errors(NetworkingV1.NETWORKPOLICIES, "{'spec':" + spec + "}")))
        .isEqualTo(messages.strip());
  }

  @Test
  void networksThatWereThereMayStay() {
    String policy = "{'spec':{'egress':[{'to':[{'ipBlock':{'cidr':'010.0.0.0/8'}}]}]}}";
    assertThat(errors(NetworkingV1.NETWORKPOLICIES, policy)).hasSize(1);
    assertThat(updateErrors(NetworkingV1.NETWORKPOLICIES, policy, policy)).isEmpty();
  }

  @Test
  void aPolicyIsAboutWhatItHasRulesFor() {
    NetworkPolicy policy =
        defaulted(NetworkingV1.NETWORKPOLICIES, "{'spec':{'egress':[{'ports':[{'port':53}]}]}}");
    assertThat(policy.spec().policyTypes()).containsExactly("Ingress", "Egress");
    assertThat(policy.spec().egress().getFirst().ports().getFirst().protocol()).isEqualTo("TCP");
    assertThat(defaulted(NetworkingV1.NETWORKPOLICIES, "{'spec':{}}").spec().policyTypes())
        .containsExactly("Ingress");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'controller':'a'} # spec.controller: Invalid value: "a": must be a domain-prefixed path (such as "acme.io/foo")
          {'controller':'a.io/b','parameters':{'kind':'','name':'','scope':'Some'}} # spec.parameters.kind: Required value; spec.parameters.name: Required value; spec.parameters.scope: Unsupported value: "Some": supported values: "Cluster", "Namespace"
          {'controller':'a.io/b','parameters':{'kind':'K','name':'n','scope':'Namespace'}} # spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'
          {'controller':'a.io/b','parameters':{'kind':'K','name':'n','namespace':'x'}} # spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'
          """)
  void ingressClasses(String spec, String messages) {
    assertThat(String.join("; ", errors(NetworkingV1.INGRESSCLASSES, "{'spec':" + spec + "}")))
        .isEqualTo(messages.strip());
  }

  @Test
  void theControllerOfAClassStays() {
    assertThat(
            updateErrors(
                NetworkingV1.INGRESSCLASSES,
                "{'spec':{'controller':'a.io/b'}}",
                "{'spec':{'controller':'a.io/c'}}"))
        .containsExactly("spec.controller: Invalid value: \"a.io/c\": field is immutable");
  }

  @Test
  void runtimeClasses() {
    assertThat(errors(NodeV1.RUNTIMECLASSES, "{'handler':''}"))
        .containsExactly("handler: Required value");
    assertThat(
            errors(
                NodeV1.RUNTIMECLASSES,
                "{'handler':'runc','overhead':{'podFixed':{'cpus':'1'}},'scheduling':"
                    + "{'tolerations':[{'key':'a','operator':'Exists'},"
                    + "{'key':'a','operator':'Exists','tolerationSeconds':null}]}}"))
        .containsExactly(
            "overhead.limits[cpus]: Invalid value: \"cpus\": must be a standard resource type or"
                + " fully qualified",
            "overhead.limits[cpus]: Invalid value: \"cpus\": must be a standard resource for"
                + " containers",
            "scheduling.tolerations[1]: Duplicate value: {\"Key\":\"a\",\"Operator\":\"Exists\","
                + "\"Value\":\"\",\"Effect\":\"\",\"TolerationSeconds\":null}");
    assertThat(updateErrors(NodeV1.RUNTIMECLASSES, "{'handler':'a'}", "{'handler':'b'}"))
        .containsExactly("handler: Invalid value: \"b\": field is immutable");
  }
}
