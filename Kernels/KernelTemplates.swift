/// The C templates of the kernels and their header, embedded in the program so that it can compile kernels anywhere.
public enum KernelTemplates {
}
