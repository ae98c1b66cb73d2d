#include "CAkinSVM.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<libsvm/svm.h>)
#include <libsvm/svm.h>
#else
#include <svm.h>
#endif

static void say(const char *text) { (void)text; }

static void silence(void) { svm_set_print_string_function(say); }

static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct svm_parameter parameters(enum akin_svm_kernel kernel, int degree) {
    struct svm_parameter parameter;
    memset(&parameter, 0, sizeof parameter);
    parameter.svm_type = C_SVC;
    parameter.kernel_type = kernel == akin_svm_linear       ? LINEAR
                            : kernel == akin_svm_polynomial ? POLY
                            : kernel == akin_svm_radial     ? RBF
                                                            : PRECOMPUTED;
    parameter.degree = degree;
    parameter.gamma = 1;
    parameter.coef0 = 1;
    parameter.cache_size = 100;
    parameter.eps = 1e-3;
    parameter.C = 1;
    parameter.shrinking = 1;
    return parameter;
}

// Each row begins with its number, as LIBSVM wants it of kernels that it is given, and ends with -1.
static void fill(struct svm_node *nodes, struct svm_node **rows, const double *values, int count, int columns,
                 int areKernels) {
    for (int i = 0; i < count; i++, values += columns) {
        rows[i] = nodes;
        if (areKernels) *nodes++ = (struct svm_node){0, i + 1};
        for (int j = 0; j < columns; j++) *nodes++ = (struct svm_node){j + 1, values[j]};
        *nodes++ = (struct svm_node){-1, 0};
    }
}

// Trains on rows and what is wanted of them, of which `wanted` is of the length of the rows.
static int train(const struct svm_parameter *parameter, int count, int columns, const double *values, double *wanted,
                 double *coefficients, double *offset) {
    pthread_once(&once, silence);
    struct svm_node *nodes = malloc((size_t)count * ((size_t)columns + 2) * sizeof *nodes);
    struct svm_node **rows = malloc((size_t)count * sizeof *rows);
    int result = -1;
    if (nodes && rows) {
        fill(nodes, rows, values, count, columns, parameter->kernel_type == PRECOMPUTED);
        const struct svm_problem problem = {count, wanted, rows};
        struct svm_model *model = svm_train(&problem, parameter);
        memset(coefficients, 0, (size_t)count * sizeof *coefficients);
        for (int i = 0; i < model->l; i++) coefficients[model->sv_indices[i] - 1] = model->sv_coef[0][i];
        *offset = model->rho[0];
        svm_free_and_destroy_model(&model);
        result = 0;
    }
    free(nodes);
    free(rows);
    return result;
}

int akin_svm_train(enum akin_svm_kernel kernel, int degree, int count, int first, int columns, const double *values,
                   double costOfFirst, double costOfOthers, double *coefficients, double *offset) {
    double *sides = malloc((size_t)count * sizeof *sides);
    if (!sides) return -1;
    for (int i = 0; i < count; i++) sides[i] = i < first ? 1 : -1;
    int labels[] = {1, -1};
    double costs[] = {costOfFirst, costOfOthers};
    struct svm_parameter parameter = parameters(kernel, degree);
    parameter.nr_weight = 2;
    parameter.weight_label = labels;
    parameter.weight = costs;
    const int result = train(&parameter, count, columns, values, sides, coefficients, offset);
    free(sides);
    return result;
}

int akin_svm_regress(enum akin_svm_kernel kernel, int degree, int count, int columns, const double *values,
                     const double *targets, double cost, double margin, double *coefficients, double *offset) {
    double *wanted = malloc((size_t)count * sizeof *wanted);
    if (!wanted) return -1;
    memcpy(wanted, targets, (size_t)count * sizeof *wanted);
    struct svm_parameter parameter = parameters(kernel, degree);
    parameter.svm_type = EPSILON_SVR;
    parameter.coef0 = 0;
    parameter.C = cost;
    parameter.p = margin;
    const int result = train(&parameter, count, columns, values, wanted, coefficients, offset);
    free(wanted);
    return result;
}

int akin_svm_version(void) { return libsvm_version; }
