package io.nimscaler.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A {@link Scenario} that stops a part of the cluster which all share. It runs while no other does, after all the others: a lock would let all
 * stories end before each of these.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(StoryExtension.class)
@Isolated("stops a part of the cluster")
public @interface DisturbingScenario {}
