package io.nimscaler.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A workload of NIM pods, a Deployment unless a story brings another one. Its pods are nobody's containers: one nimfleet process listens on their addresses, answers as NIM does,
 * and is told which of them are ready.
 */
public final class Fleet {

    private final Story story;
    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Nimfleet nimfleet;
    private final SharedIndexInformer<Pod> pods;
    private final HasMetadata workload;
    private String told = "";

    Fleet(Story story, String name, int replicas, Duration readyAfter) {
        this(story, Deployments.ofNim(name, replicas, readyAfter, story.isScraped()), Map.of("app", name));
        make(replicas);
    }

    /**
     * The pods of any workload of the story's namespace, whoever makes it.
     *
     * @param labels of its pods
     */
    Fleet(Story story, HasMetadata workload, Map<String, String> labels) {
        this(story, workload, labels, 8000);
    }

    /**
     * The same.
     *
     * @param port the one that its pods answer on
     */
    Fleet(Story story, HasMetadata workload, Map<String, String> labels, int port) {
        this.story = story;
        this.client = Cluster.shared().client();
        this.namespace = story.namespace();
        this.name = workload.getMetadata().getName();
        this.workload = workload;
        workload.getMetadata().setNamespace(namespace);
        this.nimfleet = new Nimfleet(story.folder().resolve("nimfleet-" + name + ".log"), port);
        this.pods = client.pods().inNamespace(namespace).withLabels(labels).inform();
        story.atEnd(nimfleet::kill);
        story.atEnd(pods::close);
        story.every(Duration.ofMillis(250), this::tellWhichPodsThereAre);
    }

    /** Makes the workload, which is not there yet. */
    Fleet make(int replicas) {
        client.resource(workload).create();
        expectPods(replicas);
        return this;
    }

    private void expectPods(int number) {
        Waiting.until(name + " has " + number + " pods", Duration.ofSeconds(60), () -> pods().size(), n -> n == number);
    }

    public String name() {
        return name;
    }

    /** The KV cache usage that every pod shows, whatever their number. */
    public void usage(double kv) {
        story.say("each pod of " + name + " at " + kv);
        nimfleet.tell("/set?ip=all&value=" + kv);
    }

    /** Each pod answers with this very text, whatever it is asked; so does a pod that comes. */
    public void shows(String body) {
        story.say("each pod of " + name + " shows\n" + body.indent(4).stripTrailing());
        nimfleet.tell("/fault?ip=all&mode=text", body);
    }

    /** A load of so many replicas full of work, spread over the pods that are ready: fewer pods, fuller pods. */
    public void load(double replicasFull) {
        story.say("load " + replicasFull + " on " + name);
        nimfleet.tell("/load?total=" + replicasFull + "&n=ready");
    }

    /** The same on pods that work on so many requests at once; what is more than that waits. */
    public void load(double replicasFull, int requestsAtOnce) {
        story.say("load " + replicasFull + " on " + name);
        nimfleet.tell("/load?total=" + replicasFull + "&n=ready&slots=" + requestsAtOnce);
    }

    /** A load as above, and what each pod shows jumps by so much at most, each way. */
    public void unsteadyLoad(double replicasFull, double noise) {
        story.say("load " + replicasFull + " on " + name + ", which jumps by " + noise);
        nimfleet.tell("/load?total=" + replicasFull + "&n=ready&noise=" + noise);
    }

    /** The pods are vLLM's, which counts what it refuses. A full one works on 64 requests, 8 a second. */
    public void isVllm() {
        nimfleet.tell("/set?ip=all&sample=" + Nimfleet.VLLM);
        nimfleet.tell("/load?total=0&n=ready&rate=8");
    }

    /**
     * Each pod lets no more than so many requests wait, and refuses the others.
     *
     * @param retries how often who is refused asks again
     */
    public void boundsItsQueues(int requests, int retries) {
        story.say("each pod of " + name + " lets " + requests + " requests wait, who is refused asks " + retries
                + " times more");
        nimfleet.tell("/load?queue=" + requests + "&retries=" + retries);
    }

    /** Requests that the pods can not take wait in front of them, see {@link Gateway#holdsFor}. */
    public void isHeldBack() {
        story.say("a gateway holds what the pods of " + name + " can not take");
        nimfleet.tell("/load?hold=1");
    }

    /** Gives each ready pod its requests, all together so many, unevenly; by the pods' names. */
    public Map<String, Integer> hasUnevenly(int requests, Random random) {
        List<Pod> ready = pods().stream().filter(Fleet::isReady).toList();
        double[] weights = random.doubles(ready.size()).map(x -> x * x).toArray();
        double sum = Arrays.stream(weights).sum();
        Map<String, Integer> each = new TreeMap<>();
        for (int i = 0; i < ready.size(); i++) {
            int its = (int) Math.round(requests * weights[i] / sum);
            each.put(ready.get(i).getMetadata().getName(), its);
            nimfleet.tell("/set?ip=" + address(ready.get(i)) + "&value=" + its / 256.0 + "&running=" + its);
        }
        return each;
    }

    /** Takes back what was set of single pods. */
    public void isEven() {
        nimfleet.tell("/set?ip=all&value=0&unset=1");
    }

    /** Of the pods that stay. */
    public Set<String> names() {
        return pods().stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    }

    /** What stands in this annotation of each pod that has it. */
    public Map<String, String> annotated(String annotation) {
        return pods().stream()
                .filter(pod -> pod.getMetadata().getAnnotations() != null
                        && pod.getMetadata().getAnnotations().containsKey(annotation))
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getName(),
                        pod -> pod.getMetadata().getAnnotations().get(annotation)));
    }

    /** Counts how often this annotation of a pod is written from here on, taken back included. */
    public LongSupplier writesOf(String annotation) {
        AtomicLong writes = new AtomicLong();
        pods.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {}

            @Override
            public void onUpdate(Pod before, Pod now) {
                if (!Objects.equals(
                        before.getMetadata().getAnnotations().get(annotation),
                        now.getMetadata().getAnnotations().get(annotation))) {
                    writes.incrementAndGet();
                }
            }

            @Override
            public void onDelete(Pod pod, boolean unknown) {}
        });
        return writes::get;
    }

    /** How many do. */
    int held() {
        return Integer.parseInt(nimfleet.tell("/held").strip());
    }

    /**
     * A load that this many replicas carry at a target of 0.70, from wherever the HPA comes: not so near to a whole number of replicas
     * that its tolerance would leave one more or one fewer.
     *
     * @param replicas 1 to 20
     */
    public void loadFor(int replicas) {
        load(0.7 * (replicas - 0.1));
    }

    /** The KV cache usage that every pod shows, with requests that run, and others that wait. */
    public void queue(double kv, int running, int waiting) {
        story.say("each pod of " + name + " at " + kv + " with " + running + " running and " + waiting + " waiting");
        nimfleet.tell("/set?ip=all&value=" + kv + "&running=" + running + "&waiting=" + waiting);
    }

    /** So many of the present pods, always the same ones, show this instead of what all show; they complete as many requests. */
    public void someShow(int number, double kv, int running, int waiting) {
        story.say(number + " pods of " + name + " at " + kv + " with " + running + " running and " + waiting + " waiting");
        nimfleet.tell("/set?ip=" + some(number) + "&value=" + kv + "&running=" + running + "&waiting=" + waiting);
    }

    /**
     * Requests that the ready pods share, each with 200 tokens generated: counters and histograms move.
     *
     * @param aSecond of the whole fleet
     * @param firstTokenSeconds the mean time to first token that one pod alone would take for them; more pods take less, in proportion
     */
    public void serves(double aSecond, double firstTokenSeconds) {
        story.say(name + " serves " + aSecond + " requests a second, first token after " + firstTokenSeconds
                + " s on one pod");
        nimfleet.tell("/work?crowded=1&rps=" + aSecond + "&generated=200&ttft=" + firstTokenSeconds);
    }

    /** Requests that the ready pods share, each of which takes about so long from end to end. */
    public void servesRequestsOf(Duration each) {
        story.say(name + " serves requests of " + each.toSeconds() + " s");
        nimfleet.tell("/work?rps=20&e2e=" + each.toSeconds());
    }

    /** The engine of every present pod starts anew, its counters at 0, unnoticed by Kubernetes. */
    public void restartsCounters() {
        story.say("counters of " + name + " start anew");
        nimfleet.tell("/restart?ip=all");
    }

    /** Every pod fails, those that come included. */
    public void fails(Fault fault) {
        story.say("all pods of " + name + " " + fault);
        nimfleet.tell("/fault?ip=all&" + fault.parameters());
    }

    /** Half of the present pods fail. */
    public void halfFails(Fault fault) {
        someFail(pods().size() / 2, fault);
    }

    /** So many of the present pods fail, always the same ones. */
    public void someFail(int number, Fault fault) {
        story.say(number + " pods of " + name + " " + fault);
        nimfleet.tell("/fault?ip=" + some(number) + "&" + fault.parameters());
    }

    private String some(int number) {
        return pods().stream().map(Fleet::address).sorted().limit(number).collect(Collectors.joining(","));
    }

    /** All pods answer again. */
    public void recovers() {
        story.say("pods of " + name + " answer again");
        nimfleet.tell("/fault?ip=all&mode=none");
    }

    /** The replicas that the workload wants: what the HPA, or KEDA, or anybody else last wrote. */
    public int replicas() {
        return switch (client.resource(workload).get()) {
            case Deployment present -> Objects.requireNonNullElse(present.getSpec().getReplicas(), 1);
            case StatefulSet present -> Objects.requireNonNullElse(present.getSpec().getReplicas(), 1);
            case null, default -> 0;
        };
    }

    /** Grows with each change of what the workload wants, so where it is the same nobody wrote its replicas meanwhile. */
    public long generation() {
        return client.resource(workload).get().getMetadata().getGeneration();
    }

    /** Pods that are ready and stay. */
    public long readyPods() {
        return pods().stream().filter(Fleet::isReady).count();
    }

    public void expectReplicas(int expected, Duration within) {
        Waiting.until(name + " wants " + expected + " replicas", within, this::replicas, n -> n == expected);
        story.say(name + " wants " + expected + " replicas");
    }

    public void expectReady(int expected, Duration within) {
        Waiting.until(name + " has " + expected + " ready pods", within, this::readyPods, n -> n == expected);
        story.say(name + " has " + expected + " ready pods");
    }

    /** The replicas that were wanted throughout {@code span}; fails where none were within {@code within}. */
    public int settles(Duration span, Duration within) {
        int[] last = {replicas()};
        Instant[] since = {Instant.now()};
        Waiting.until(name + " settles", within, () -> {
            int now = replicas();
            if (now != last[0]) {
                last[0] = now;
                since[0] = Instant.now();
            }
            return Duration.between(since[0], Instant.now());
        }, still -> still.compareTo(span) >= 0);
        story.say(name + " has settled at " + last[0] + " replicas");
        return last[0];
    }

    /** Fails at the first moment at which another number of replicas is wanted. */
    public void expectReplicasKept(int expected, Duration span) {
        Waiting.throughout(name + " keeps " + expected + " replicas", span, this::replicas, n -> n == expected);
        story.say(name + " kept " + expected + " replicas for " + span.toSeconds() + " s");
    }

    /** Fails at the first moment at which fewer replicas are wanted. */
    public void expectReplicasNotBelow(int least, Duration span) {
        Waiting.throughout(name + " wants " + least + " replicas or more", span, this::replicas, n -> n >= least);
        story.say(name + " wanted " + least + " replicas or more for " + span.toSeconds() + " s");
    }

    /** A new version of the model: every pod is replaced, a few at a time. */
    public void rollOut() {
        story.say("rollout of " + name);
        client.apps().deployments().inNamespace(namespace).withName(name).rolling().restart();
    }

    /** Its controller gives it this many replicas, as the object above it says. */
    void follows(int replicas) {
        if (replicas() != replicas) {
            client.resource(workload)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"replicas\": " + replicas + "}}");
        }
    }

    /** Somebody writes the replicas, as the patch of a {@code helm upgrade} does. */
    public void isUpgradedTo(int replicas) {
        story.say("an upgrade writes " + replicas + " replicas of " + name);
        client.resource(workload)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"replicas\": " + replicas + "}}");
    }

    /** A rollout that gives pods time to end: a preStop hook that waits, and so many seconds in all. */
    public void getsTimeToEnd(int graceSeconds) {
        story.say("pods of " + name + " get " + graceSeconds + " s to end, and a preStop hook");
        client.resource(workload)
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        """
                        {"spec": {"template": {"spec": {
                          "terminationGracePeriodSeconds": %d,
                          "containers": [{"name": "nim", "lifecycle": {"preStop": {"exec": {"command": ["sleep", "15"]}}}}]
                        }}}}""".formatted(graceSeconds));
    }

    public boolean isRolledOut() {
        var status = client.apps().deployments().inNamespace(namespace).withName(name).get();
        return Objects.equals(status.getStatus().getObservedGeneration(), status.getMetadata().getGeneration())
                && Objects.equals(status.getStatus().getUpdatedReplicas(), status.getStatus().getReplicas())
                && Objects.equals(status.getStatus().getReadyReplicas(), status.getStatus().getReplicas());
    }

    public void delete() {
        story.say(name + " is deleted");
        client.resource(workload).delete();
        Waiting.until(name + " has no pods", Duration.ofSeconds(30), () -> pods().size(), n -> n == 0);
    }

    public void createAgain() {
        story.say(name + " is made again");
        client.resource(workload).create();
    }

    /** Counts what the pods are asked from now on. */
    public void countAgain() {
        nimfleet.tell("/reset");
    }

    /** How often each present pod was asked by {@code userAgent} since {@link #countAgain}. */
    public List<Integer> asked(String userAgent) {
        JsonNode list = Serialization.unmarshal(stats(), JsonNode.class).path("list");
        Set<String> present = pods().stream().map(Fleet::address).collect(Collectors.toSet());
        return StreamSupport.stream(list.spliterator(), false)
                .filter(pod -> present.contains(pod.path("ip").asText()))
                .map(pod -> pod.path("asked_by").path(userAgent).asInt())
                .toList();
    }

    /** nimfleet's {@code GET /stats}, as JSON: what the pods were asked. */
    String stats() {
        return nimfleet.tell("/stats");
    }

    private List<Pod> pods() {
        return pods.getStore().list().stream()
                .filter(pod -> address(pod) != null && pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private void tellWhichPodsThereAre() {
        String lines = pods().stream()
                .map(pod -> address(pod) + (isReady(pod) ? "" : " down"))
                .sorted()
                .collect(Collectors.joining("\n"));
        // An address that another fleet has not given up yet is refused: the next telling brings it
        if (!lines.equals(told)) {
            String answer = nimfleet.tell("/pods?down=loading", lines);
            told = answer.startsWith("ok") ? lines : "";
        }
    }

    /** As the kubelet would say of pods of this fleet that never become ready by themselves, see {@link Story#fleet}. */
    public void becomeReady(int number) {
        story.say(number + " pods of " + name + " become ready");
        reportReadiness(number, true);
    }

    /** As of pods whose container ended and is started again and again. */
    public void becomeUnready(int number) {
        story.say(number + " pods of " + name + " are not ready any more");
        reportReadiness(number, false);
    }

    private void reportReadiness(int number, boolean ready) {
        pods().stream()
                .filter(pod -> isReady(pod) != ready)
                .limit(number)
                .forEach(pod -> story.reportReadiness(pod, ready));
    }

    private static String address(Pod pod) {
        return pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    }

    static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }
}
