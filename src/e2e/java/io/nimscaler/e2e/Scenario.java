package io.nimscaler.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A class of stories about one behaviour that users rely on. Each test takes a {@link Story}, has namespaces of its own, and runs
 * beside others.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(StoryExtension.class)
@ResourceLock(value = "cluster", mode = ResourceAccessMode.READ)
public @interface Scenario {}
