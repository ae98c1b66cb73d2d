// Support vector machines for two classes, and for numbers, trained by LIBSVM (Chang and Lin 2011).
#pragma once

/// What LIBSVM is given: products in the kernel's space, or rows of which it makes them.
enum akin_svm_kernel {
    /// `rows` is [count x count], the kernel of every two examples.
    akin_svm_computed,
    /// <x, y>
    akin_svm_linear,
    /// (<x, y> + 1)^degree; of a regression (<x, y>)^degree
    akin_svm_polynomial,
    /// exp(-|x - y|^2)
    akin_svm_radial
};

/// Trains a machine (C-SVC) that tells the first `first` of `count` examples from the others.
///
/// Writes a coefficient for each example, 0 for those that are no support vectors, and an offset: a query belongs to
/// the first class where the sum of coefficients times kernels, less the offset, is above 0. `rows` is row-major.
/// Returns 0, or -1 where memory is lacking. Any number of threads at once; the same bits whenever it is asked.
int akin_svm_train(enum akin_svm_kernel kernel, int degree, int count, int first, int columns, const double *rows,
                   double costOfFirst, double costOfOthers, double *coefficients, double *offset);

/// Trains a machine (epsilon-SVR) that gives a number for a query: the sum of coefficients times kernels, less the
/// offset. For each of `count` examples `targets` has what it should give; what is nearer than `margin` costs nothing.
/// Else as above.
int akin_svm_regress(enum akin_svm_kernel kernel, int degree, int count, int columns, const double *rows,
                     const double *targets, double cost, double margin, double *coefficients, double *offset);

/// 324 is 3.24.
int akin_svm_version(void);
