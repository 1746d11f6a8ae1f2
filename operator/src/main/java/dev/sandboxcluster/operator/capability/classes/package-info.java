/** Which class a sandbox is of, what it has of it, and whether the class allows it. */
package dev.sandboxcluster.operator.capability.classes;
