/** One vocabulary for what was found: verdicts, the outcomes of stages, the conditions made of them; pure. */
package dev.sandboxcluster.operator.verdict;
