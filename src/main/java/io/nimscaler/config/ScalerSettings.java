package io.nimscaler.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of the product as texts, with their defaults. Nothing is converted or refused before all of them are read. The
 * range of each is checked in one place, {@code io.nimscaler.settings}, which also gathers all errors.
 */
@ConfigMapping(prefix = "nim-scaler")
public interface ScalerSettings {

    /** Who may call port 9090, and whether without TLS. */
    Grpc grpc();

    /** What port 9090 serves besides gRPC. */
    Api api();

    /** How pods are asked. */
    Scrape scrape();

    /** What pods are asked with. */
    Pods pods();

    /** Sources of demand by the name that a trigger's `wakeSource` gives. */
    Map<String, WakeSource> wakeSources();

    /** Where NVIDIA's DCGM exporters are. */
    GpuExporters gpuExporters();

    /** Which ScaledObjects are ours. */
    Kubernetes kubernetes();

    /** What is remembered of past decisions. */
    History history();

    /** The stand-in fleet. */
    Demo demo();

    /** Scale targets without Kubernetes, by the name of their ScaledObject. */
    Map<String, StaticTarget> staticTargets();

    interface Grpc {

        /** TLS on the port of gRPC and REST. */
        GrpcTls tls();

        /** Common names, DNS names or URIs of client certificates that are accepted; every one of the CA where none is named. */
        Optional<List<String>> clientIdentities();
    }

    /** Where a certificate is set, {@link GrpcTlsConfigSource} has the port speak TLS only. */
    interface GrpcTls {

        /** PEM file of the server's certificate and its chain. With it port 9090 speaks TLS only. */
        Optional<String> certificate();

        /** PEM file of the certificate's private key. */
        Optional<String> key();

        /** PEM file of the CA of clients. With it every call needs a client certificate of this CA. */
        Optional<String> clientCa();

        /** How often the files are read again. */
        @WithDefault("1m")
        Optional<String> reloadPeriod();
    }

    interface Api {

        /** Whether port 9090 serves REST; without it, it serves gRPC only. */
        @WithDefault("true")
        Optional<String> enabled();

        /** Lines {@code user:password}; with them REST, and the page, ask for one by basic authentication. */
        Optional<String> usersFile();

        /** Host names by which REST and the page may be asked for, beside IP addresses: `*.NAME` for all that end so, `*` for any. */
        @WithDefault("localhost,keda-nim-scaler,keda-nim-scaler.keda-nim-scaler,*.svc,*.svc.cluster.local")
        Optional<List<String>> hosts();
    }

    interface Scrape {

        /** Deadline over one whole exchange with a pod, from connecting to the last byte. */
        @WithDefault("5s")
        Optional<String> timeout();

        /** A body over this size is not read to its end. */
        @WithDefault("4M")
        Optional<String> maxBodySize();

        /** How long an idle connection to a pod is kept; longer than the longest poll interval. */
        @WithDefault("5m10s")
        Optional<String> keepAlive();
    }

    interface Pods {

        /** Trust and credentials by the name that a trigger's `podAuth` gives; `default` for triggers that give none. */
        Map<String, PodAuth> auth();

        /** How often their files are read again. */
        @WithDefault("30s")
        Optional<String> reloadPeriod();
    }

    interface PodAuth {

        /** Namespaces whose ScaledObjects may use it; `*` for all. */
        Optional<List<String>> namespaces();

        /** PEM file of the CA of the pods' certificates; public authorities where there is none. */
        Optional<String> ca();

        /** The name that a pod's certificate must be for; its IP address where there is none. */
        Optional<String> serverName();

        /** File with a bearer token. */
        Optional<String> tokenFile();

        /** Whether the token may be sent over plain HTTP. */
        @WithDefault("false")
        Optional<String> tokenOverHttp();

        /** PEM file of our client certificate. */
        Optional<String> clientCertificate();

        /** PEM file of its private key. */
        Optional<String> clientKey();
    }

    interface WakeSource {

        /** Where its metrics are: http or https, with the path. */
        Optional<String> url();

        /** Name of a gauge, or rate(NAME) of a counter; a name that ends in _total is a counter's, too. */
        Optional<String> metric();

        /** Namespaces whose ScaledObjects may name it; `*` for all. */
        Optional<List<String>> namespaces();

        /** How often it is asked, while a trigger names it. */
        @WithDefault("2s")
        Optional<String> pollInterval();

        /** The label that a trigger's `modelName` is compared with. */
        @WithDefault("model_name")
        Optional<String> modelLabel();

        /** What labels its series must have to count: `label=value` or `label!=value`. */
        Optional<List<String>> labels();

        /** More than this is demand. */
        @WithDefault("0")
        Optional<String> activation();

        /** Whether a body without the series means no demand; else that is unknown. */
        @WithDefault("false")
        Optional<String> absentIsZero();

        /** Name of the trust and credentials of `nim-scaler.pods.auth` that it is asked with. */
        Optional<String> podAuth();
    }

    interface GpuExporters {

        /** Namespace of the exporters' pods; without it no trigger can read GPUs. */
        Optional<String> namespace();

        /** Label selector of the exporters' pods. */
        @WithDefault("app=nvidia-dcgm-exporter")
        Optional<String> selector();

        /** The port on which each serves metrics. */
        @WithDefault("9400")
        Optional<String> port();

        /** The path of the metrics. */
        @WithDefault("/metrics")
        Optional<String> path();

        /** Whether they are asked by https. */
        @WithDefault("false")
        Optional<String> https();

        /** Name of the trust and credentials of `nim-scaler.pods.auth` that they are asked with. */
        Optional<String> podAuth();
    }

    interface Kubernetes {

        /** Whether ScaledObjects are watched; not where there is a demo or a static target. */
        @WithDefault("true")
        Optional<String> enabled();

        /** Namespaces whose ScaledObjects are watched; all where none is named. */
        Optional<List<String>> namespaces();

        /** A trigger is ours when the host of its scalerAddress has one of these as its first label. */
        @WithDefault("keda-nim-scaler")
        Optional<List<String>> serviceNames();

        /** How often a scale target's replicas are read although nothing is seen to change. */
        @WithDefault("30s")
        Optional<String> scaleRefresh();

        /** Whether pods that share their node's network, and so its address, are asked. */
        @WithDefault("false")
        Optional<String> allowHostNetwork();

        /** Whether pods at loopback and link-local addresses are asked. */
        @WithDefault("false")
        Optional<String> allowLocalAddresses();
    }

    interface History {

        /** How long decisions and their readings are remembered; 0s remembers none. */
        @WithDefault("30m")
        Optional<String> length();

        /** Memory for those of all triggers together; when it is used up they get coarser, the older the more. */
        @WithDefault("16M")
        Optional<String> maxMemory();

        /** Directory for a line a minute of each trigger, which outlasts restarts; none are kept without it. */
        Optional<String> directory();

        /** How many days before today are kept there. */
        @WithDefault("14")
        Optional<String> days();

        /** Disk for those of all triggers together; when it is used up the oldest days go. */
        @WithDefault("1G")
        Optional<String> maxDisk();
    }

    interface Demo {

        /** Starts a stand-in fleet of NIM pods with a load that rises and falls, and an HPA that follows the answers. */
        @WithDefault("false")
        Optional<String> enabled();
    }

    interface StaticTarget {

        /** Namespace of the ScaledObject that calls name. */
        @WithDefault("default")
        Optional<String> namespace();

        /** IP addresses of the pods; one given as `IPv4:PORT` or `[IPv6]:PORT` is asked at that port, whatever the metadata say. */
        Optional<List<String>> addresses();

        /** The metricType of the ScaledObject that calls name: what the HPA compares by, AverageValue or Value. */
        @WithDefault("AverageValue")
        Optional<String> metricType();

        /** Trigger metadata, as in a ScaledObject. */
        Map<String, Optional<String>> metadata();
    }
}
