package io.nimscaler.e2e.scenario;

import static io.nimscaler.e2e.Story.SOON;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.nimscaler.e2e.Document;
import io.nimscaler.e2e.Fleet;
import io.nimscaler.e2e.Scenario;
import io.nimscaler.e2e.Story;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The first hour: what the documents tell a newcomer to apply and to type, as it stands there, and what they say that it shows. What
 * needs a container engine, a registry or a kubelet is left out.
 */
@Scenario
class FollowsItsDocs {

    /** What needs a container engine or a registry, what the story has done itself, and what ends only with a kubelet or never. */
    private static final List<String> LEFT_OUT =
            List.of("docker ", "kind ", "helm ", "apply -k", "port-forward", "--watch");

    private static final String GETTING_STARTED = "src/docs/getting-started.md";

    private static void follow(Document document, String heading) {
        document.commands(heading).stream()
                .filter(command -> LEFT_OUT.stream().noneMatch(command.text()::contains))
                .forEach(command -> document.follow(command, SOON));
    }

    @Test
    void theFirstScaledObjectOfTheReadme(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("nim-llm", 3);
        llm.usage(0.575);
        Document readme = Document.of(story, "README.md");

        readme.apply("## The first ScaledObject");

        follow(readme, "## Check that it works");
        llm.expectReplicasKept(3, ofSeconds(10));
    }

    @Test
    void gettingStarted(Story story) {
        raiseTheLoad(story, Document.of(story, GETTING_STARTED), story.deploymentOfOthers("stand-in"));
    }

    @Test
    @Tag("long")
    void gettingStartedUntilTheFleetShrinks(Story story) {
        Document document = Document.of(story, GETTING_STARTED);
        Fleet standIn = story.deploymentOfOthers("stand-in");
        raiseTheLoad(story, document, standIn);

        follow(document, "## 5. Watch it shrink");

        standIn.expectReplicasKept(5, ofMinutes(4));
        standIn.expectReplicas(4, ofMinutes(3));
    }

    private static void raiseTheLoad(Story story, Document document, Fleet standIn) {
        story.scaler(1);
        story.followConfigMap("stand-in", "metrics", standIn::shows);

        follow(document, "## 2. The scaler");
        follow(document, "## 3. A stand-in engine and its ScaledObject");
        follow(document, "## 4. Watch it scale");

        standIn.expectReplicas(5, ofMinutes(2));
    }

    @Test
    void migratingTakesTheHpaOverAndKeepsTheReplicas(Story story) {
        story.scaler(1);
        Fleet llm = story.fleet("nim-llm", 3);
        llm.usage(0.095);
        Document document = Document.of(story, "src/docs/migrating.md");
        document.apply("## Before");
        String hpa = story.hpa("nim-llm").getMetadata().getUid();
        long written = llm.generation();

        document.apply("## After");

        follow(document, "## Check");
        HorizontalPodAutoscaler after = story.hpa("nim-llm");
        assertThat(after.getMetadata().getUid()).isEqualTo(hpa);
        assertThat(after.getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getKind)
                .containsExactly("ScaledObject");
        llm.expectReplicasKept(3, ofSeconds(20));
        assertThat(llm.generation()).isEqualTo(written);

        llm.usage(0.15);
        llm.expectReplicas(10, ofMinutes(2));
    }
}
