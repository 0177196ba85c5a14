// The few things that VTK does for Mote, as C functions.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of the library, such as 9.1.0.
const char *_Nonnull mote_vtk_version(void);

/// Points with fields, on their way into a VTP file.
typedef struct mote_vtk_points mote_vtk_points;

/// `count` points of 3 numbers; NULL without memory.
mote_vtk_points *_Nullable mote_vtk_points_create(size_t count, const double *_Nonnull positions);
void mote_vtk_points_free(mote_vtk_points *_Nonnull points);
/// A field of `components` numbers per point.
void mote_vtk_points_add(
    mote_vtk_points *_Nonnull points, const char *_Nonnull name, int components, const double *_Nonnull values);
void mote_vtk_points_add_integers(mote_vtk_points *_Nonnull points, const char *_Nonnull name, const int64_t *_Nonnull values);
void mote_vtk_points_set_time(mote_vtk_points *_Nonnull points, double time);
/// The file's bytes, which live as long as the points; NULL on failure.
const char *_Nullable mote_vtk_points_encode(mote_vtk_points *_Nonnull points, size_t *_Nonnull length);

/// Surface of an STL file.
typedef struct mote_vtk_stl mote_vtk_stl;

/// NULL if the file cannot be read or holds no triangle.
mote_vtk_stl *_Nullable mote_vtk_stl_read(const char *_Nonnull path);
void mote_vtk_stl_free(mote_vtk_stl *_Nonnull surface);
size_t mote_vtk_stl_count(const mote_vtk_stl *_Nonnull surface);
/// 9 numbers for each triangle.
const double *_Nullable mote_vtk_stl_corners(const mote_vtk_stl *_Nonnull surface);

#ifdef __cplusplus
}
#endif
