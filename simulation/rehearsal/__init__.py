"""The program on Pulumi's mock engine, without a Pulumi CLI."""
